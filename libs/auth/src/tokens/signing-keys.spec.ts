import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { generateSigningKey, loadSigningKeys } from './signing-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'drm-signing-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('loadSigningKeys', () => {
  it('makes a key outside production, for its owner only, and keeps it', () => {
    const file = join(folder, 'keys', 'jwt.pem');
    const made = loadSigningKeys(file, false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadSigningKeys(file, true).kid).toBe(made.kid);
  });

  it('refuses production without a key (SE-12)', () => {
    expect(() => loadSigningKeys(undefined, true)).toThrow('JWT_PRIVATE_KEY_FILE');
    expect(() => loadSigningKeys(join(folder, 'absent'), true)).toThrow('JWT_PRIVATE_KEY_FILE');
  });

  it.each([
    ['an empty file', '', 'holds no PEM'],
    ['another text', 'changeme', 'holds no PEM'],
    [
      'a broken key',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      'cannot be read',
    ],
    ['an RSA key', pem('rsa'), 'P-256'],
    ['another curve', pem('secp384r1'), 'P-256'],
  ])('refuses %s, and does not quote it', (name, text, message) => {
    expect(() => loadSigningKeys(fileWith(name, text), true)).toThrow(message);
  });

  it('signs with the first key and verifies with all (SE-11)', () => {
    const old = loadSigningKeys(fileWith('old', generateSigningKey()), true);
    const both = generateSigningKey() + readFileSync(join(folder, 'old'), 'utf8');
    const rotated = loadSigningKeys(fileWith('rotated', both), true);
    expect(rotated.kid).not.toBe(old.kid);
    expect([...rotated.publicKeys.keys()]).toEqual([rotated.kid, old.kid]);
  });
});

function pem(kind: string): string {
  const pair =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 1024 })
      : generateKeyPairSync('ec', { namedCurve: kind });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
