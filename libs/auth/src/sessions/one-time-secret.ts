import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEAL_LABEL = 'drm refresh successor v1';

/** 256 random bits for a refresh token or a one-time link; only the SHA-256 is stored. */
export const makeSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * Seals the successor of a refresh token under a key that only the old token gives: the database, which holds the old
 * one's hash, cannot open it.
 */
export function sealSuccessor(oldToken: string, newToken: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealKey(oldToken), nonce);
  return Buffer.concat([
    nonce,
    cipher.update(newToken, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** @throws Error unless this very token sealed it */
export function openSuccessor(oldToken: string, sealed: Uint8Array): string {
  const octets = Buffer.from(sealed);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    sealKey(oldToken),
    octets.subarray(0, NONCE_BYTES),
  );
  decipher.setAuthTag(octets.subarray(octets.length - TAG_BYTES));
  const body = octets.subarray(NONCE_BYTES, octets.length - TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

const sealKey = (token: string): Buffer =>
  Buffer.from(hkdfSync('sha256', token, '', SEAL_LABEL, 32));
