import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** Where a secret lies. It is bound to this place: moved to another row, field or tenant it cannot be opened. */
export interface SecretPlace {
  readonly table: string;
  readonly rowId: string;
  readonly field: string;
}

/** The sealed octets do not open: damaged, moved, or sealed under another key. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

const FORMAT = 1;
const KEK_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** format, key-encryption key id, version of the data key, nonce. */
const HEADER_BYTES = 1 + KEK_ID_BYTES + 2 + NONCE_BYTES;

/** Names a key-encryption key without telling anything about it. */
export const kekId = (kek: Uint8Array): Buffer =>
  createHash('sha256').update('drm-kek-id').update(kek).digest().subarray(0, KEK_ID_BYTES);

/** Each part with its length in front, so that no two places read the same. */
const associatedData = (tenantId: string, place: SecretPlace): Buffer =>
  Buffer.concat(
    [tenantId, place.table, place.rowId, place.field, 'v1'].map((part) => {
      const octets = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(octets.length);
      return Buffer.concat([length, octets]);
    }),
  );

export interface DataKey {
  readonly version: number;
  readonly kekId: Uint8Array;
  readonly key: Uint8Array;
}

/** AES-256-GCM (NIST SP 800-38D) under the tenant's data key. `nonce` is 12 fresh random octets. */
export function seal(
  dataKey: DataKey,
  tenantId: string,
  place: SecretPlace,
  nonce: Uint8Array,
  plain: Uint8Array,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT, 0);
  header.set(dataKey.kekId, 1);
  header.writeUInt16BE(dataKey.version, 1 + KEK_ID_BYTES);
  header.set(nonce, HEADER_BYTES - NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce);
  cipher.setAAD(associatedData(tenantId, place));
  return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The version of the data key that sealed these octets. @throws SealError on a foreign format */
export function sealedVersion(sealed: Uint8Array): number {
  if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== FORMAT)
    throw new SealError('unknown format');
  return Buffer.from(sealed).readUInt16BE(1 + KEK_ID_BYTES);
}

/** @throws SealError unless this tenant, place and key sealed it */
export function open(
  dataKey: DataKey,
  tenantId: string,
  place: SecretPlace,
  sealed: Uint8Array,
): Buffer {
  const octets = Buffer.from(sealed);
  if (sealedVersion(octets) !== dataKey.version)
    throw new SealError('sealed under another data key');
  const nonce = octets.subarray(HEADER_BYTES - NONCE_BYTES, HEADER_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', dataKey.key, nonce);
  decipher.setAAD(associatedData(tenantId, place));
  decipher.setAuthTag(octets.subarray(octets.length - TAG_BYTES));
  try {
    const body = octets.subarray(HEADER_BYTES, octets.length - TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (error) {
    throw new SealError('does not open here', { cause: error });
  }
}
