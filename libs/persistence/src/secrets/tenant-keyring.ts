import { randomBytes } from 'node:crypto';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import {
  kekId,
  open,
  seal,
  SealError,
  sealedVersion,
  type DataKey,
  type SecretPlace,
} from './envelope.ts';

/** What `createTenantKey` needs of a transaction. */
interface Statements {
  sql(text: string, params: readonly unknown[]): Promise<unknown>;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const CACHE_MS = 5 * 60_000;
const CACHE_MAX = 10_000;

/** Where a data key lies; wrapping binds it to its tenant. */
const wrapPlace = (version: number): SecretPlace => ({
  table: 'tenant_key',
  rowId: String(version),
  field: 'wrapped',
});

/** Reads a key-encryption key: 32 octets as 64 hex digits. @throws Error that does not show the text */
export function parseKek(text: string): Buffer {
  const trimmed = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(trimmed))
    throw new Error('The key-encryption key must be 64 hex digits.');
  return Buffer.from(trimmed, 'hex');
}

/** Makes the first data key of a tenant, wrapped by the key-encryption key. Part of creating the tenant. */
export async function createTenantKey(
  tx: Statements,
  kek: Uint8Array,
  tenantId: string,
): Promise<void> {
  const wrapped = seal(
    { version: 1, kekId: kekId(kek), key: kek },
    tenantId,
    wrapPlace(1),
    randomBytes(NONCE_BYTES),
    randomBytes(KEY_BYTES),
  );
  await tx.sql(
    `INSERT INTO drm.tenant_key (tenant_id, version, kek_id, wrapped) VALUES ($1, 1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [tenantId, kekId(kek).toString('hex'), wrapped],
  );
}

interface CachedKeys {
  readonly until: number;
  readonly keys: readonly DataKey[];
}

/**
 * Seals and opens a tenant's secrets. Data keys are read once, whatever the number of callers that wait for them, and
 * kept in memory for five minutes.
 */
export class TenantKeyring {
  private readonly cache = new Map<string, CachedKeys>();
  private readonly reading = new Map<string, Promise<readonly DataKey[]>>();

  constructor(
    private readonly db: TenantDb,
    private readonly kek: Uint8Array,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  async seal(tenantId: string, place: SecretPlace, plain: string | Uint8Array): Promise<Buffer> {
    const newest = (await this.dataKeys(tenantId)).at(-1);
    if (newest === undefined) throw new SealError('the tenant has no data key');
    const octets = typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain;
    return seal(newest, tenantId, place, randomBytes(NONCE_BYTES), octets);
  }

  /** @throws SealError */
  async open(tenantId: string, place: SecretPlace, sealed: Uint8Array): Promise<Buffer> {
    const version = sealedVersion(sealed);
    const key = (await this.dataKeys(tenantId)).find((candidate) => candidate.version === version);
    if (key === undefined) throw new SealError('the data key is gone');
    return open(key, tenantId, place, sealed);
  }

  private async dataKeys(tenantId: string): Promise<readonly DataKey[]> {
    const cached = this.cache.get(tenantId);
    if (cached !== undefined && cached.until > this.monotonicMs()) return cached.keys;
    let reading = this.reading.get(tenantId);
    if (reading === undefined) {
      // A read that failed is forgotten: the next caller asks again.
      reading = this.readKeys(tenantId).finally(() => this.reading.delete(tenantId));
      this.reading.set(tenantId, reading);
    }
    return await reading;
  }

  private async readKeys(tenantId: string): Promise<readonly DataKey[]> {
    const rows = await this.db.run(tenantId, (tx) =>
      tx.sql<{ version: number; wrapped: Buffer }>(
        'SELECT version, wrapped FROM drm.tenant_key WHERE tenant_id = $1 ORDER BY version',
        [tenantId],
      ),
    );
    const wrapping = kekId(this.kek);
    const keys = rows.map((row) => ({
      version: row.version,
      kekId: wrapping,
      // Every wrap is a seal of its own, under the key-encryption key as "version 1".
      key: open(
        { version: 1, kekId: wrapping, key: this.kek },
        tenantId,
        wrapPlace(row.version),
        row.wrapped,
      ),
    }));
    if (this.cache.size >= CACHE_MAX) this.cache.clear();
    if (keys.length > 0) this.cache.set(tenantId, { until: this.monotonicMs() + CACHE_MS, keys });
    return keys;
  }
}
