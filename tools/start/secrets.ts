import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Letters and digits that are not mistaken for one another. */
const READABLE = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** About 116 bits, in four groups that a person can type. */
export function readablePassword(): string {
  const group = (): string =>
    Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

const token = (): string => randomBytes(24).toString('base64url');

function signingKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Secrets of one installation: made once, each in a file that only its owner reads. */
export class SecretStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string | null {
    const file = this.path(name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  }

  /** Written beside and renamed: a full disk leaves the old secret, never half a new one. */
  write(name: string, value: string): void {
    const draft = this.path(`${name}.new`);
    writeFileSync(draft, `${value.trim()}\n`, { mode: 0o600, flush: true });
    renameSync(draft, this.path(name));
  }

  private keep(name: string, make: () => string): string {
    const known = this.read(name);
    if (known) return known;
    const value = make();
    this.write(name, value);
    return value.trim();
  }

  /** Password of a database role. */
  password(name: string): string {
    return this.keep(name, token);
  }

  /** File with the 32-byte key, in hex, that wraps the tenants' keys. */
  keyEncryptionKeyFile(): string {
    this.keep('kek.hex', () => randomBytes(32).toString('hex'));
    return this.path('kek.hex');
  }

  /** File with the P-256 private key (PEM, PKCS #8) that signs access tokens. */
  signingKeyFile(): string {
    this.keep('jwt-private-key.pem', signingKey);
    return this.path('jwt-private-key.pem');
  }
}
