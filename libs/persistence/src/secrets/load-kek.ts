import { readFileSync } from 'node:fs';
import { parseKek } from './tenant-keyring.ts';

/** Development only: with a fixed key every copy of a database would be readable. */
const DEVELOPMENT_KEK = '00'.repeat(32);

/** Reads the key-encryption key. @throws Error when it is malformed, or missing in production */
export function loadKek(settings: { NODE_ENV: string; KEK_FILE?: string | undefined }): Buffer {
  if (settings.KEK_FILE !== undefined) return parseKek(readFileSync(settings.KEK_FILE, 'utf8'));
  if (settings.NODE_ENV === 'production') {
    throw new Error('KEK_FILE is not set: secrets of devices cannot be sealed.');
  }
  return parseKek(DEVELOPMENT_KEK);
}
