import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The signing key is missing or unfit: the process must not start. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

export interface SigningKeys {
  /** RFC 7638 thumbprint of the key that signs. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** Keys that verify, by id: the signing one and those it replaced. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/g;

/**
 * Reads P-256 private keys from a PEM file. The first one signs, all verify: to rotate, put the new key first and take
 * the old one out when its last token has expired. Outside production a missing file is made.
 * @throws SigningKeyError
 */
export function loadSigningKeys(file: string | undefined, production: boolean): SigningKeys {
  if (file !== undefined && existsSync(file)) return keysOf(readFileSync(file, 'utf8'));
  if (production) {
    throw new SigningKeyError(
      'JWT_PRIVATE_KEY_FILE does not name a file: access tokens cannot be signed.',
    );
  }
  const pem = generateSigningKey();
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  }
  return keysOf(pem);
}

export const generateSigningKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

function keysOf(text: string): SigningKeys {
  const keys = [...text.matchAll(PEM)].map(([pem]) => privateKeyOf(pem));
  const first = keys[0];
  if (first === undefined)
    throw new SigningKeyError('The signing key file holds no PEM private key.');
  return {
    kid: thumbprint(first),
    privateKey: first,
    publicKeys: new Map(keys.map((key) => [thumbprint(key), createPublicKey(key)])),
  };
}

function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's message could quote the file.
    throw new SigningKeyError('The signing key file cannot be read as a PEM private key.');
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new SigningKeyError('The signing key must be an elliptic-curve key on P-256 (ES256).');
  }
  return key;
}

function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
