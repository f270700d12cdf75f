import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `drm_<prefix>_<secret>`: the prefix finds the row and may be shown, the secret has 256 bits. */
const KEY = /^drm_([a-z0-9]{12})_([\w-]{43})$/;
const PREFIX_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const PREFIX_LENGTH = 12;
const SECRET_BYTES = 32;

export interface FreshApiKey {
  /** Shown once, never stored. */
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

export function makeApiKey(random: (size: number) => Buffer = randomBytes): FreshApiKey {
  const prefix = [...random(PREFIX_LENGTH)]
    .map((octet) => PREFIX_LETTERS[octet % PREFIX_LETTERS.length])
    .join('');
  const key = `drm_${prefix}_${random(SECRET_BYTES).toString('base64url')}`;
  return { key, prefix, hash: hashApiKey(key) };
}

export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The prefix of a well-formed key, or null. */
export const prefixOf = (key: string): string | null => KEY.exec(key)?.[1] ?? null;

export const looksLikeApiKey = (credential: string): boolean => credential.startsWith('drm_');

/** Takes the same time for every wrong key. */
export const matchesHash = (key: string, hash: Uint8Array): boolean => {
  const own = hashApiKey(key);
  return own.length === hash.length && timingSafeEqual(own, hash);
};
