import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { Semaphore } from './semaphore.ts';

/** Cost of argon2id (RFC 9106). */
export interface Argon2Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Above the floor of m=19,456 t=2 p=1; about 34 ms on one core. */
export const DEFAULT_COST: Argon2Cost = { memory: 47_104, passes: 1, parallelism: 1 };

const HASH_BYTES = 32;
const SALT_BYTES = 16;
const CONCURRENT = 4;
const QUEUE = 64;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,128})$/;

interface ParsedHash extends Argon2Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Derives `tagLength` octets from a password. */
export type Derive = (
  password: string,
  cost: Argon2Cost & { readonly salt: Buffer },
  tagLength: number,
) => Promise<Buffer>;

/** Hashes and checks passwords with argon2id, at most four at once. */
export class PasswordHasher {
  private readonly gate = new Semaphore(CONCURRENT, QUEUE);
  /** What an unknown account is checked against, so that it takes as long as a known one. */
  private readonly nobody: ParsedHash;

  constructor(
    private readonly cost: Argon2Cost = DEFAULT_COST,
    private readonly derive: Derive = argon2id,
  ) {
    this.nobody = { ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
  }

  /** The PHC string of a new password. @throws DomainError `rate.limited` */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.gate.run(() =>
      this.derive(password, { ...this.cost, salt }, HASH_BYTES),
    );
    const { memory, passes, parallelism } = this.cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
  }

  /**
   * Whether the password is the one of the hash. Null (no such account, or one without a password) takes the same time
   * and is never right.
   * @throws DomainError `rate.limited`
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const known = stored === null ? null : parse(stored);
    const against = known ?? this.nobody;
    const hash = await this.gate.run(() => this.derive(password, against, against.hash.length));
    return timingSafeEqual(hash, against.hash) && known !== null;
  }

  /** Whether a hash was made at another cost than today's. */
  needsRehash(stored: string): boolean {
    const parsed = parse(stored);
    return (
      parsed === null ||
      parsed.memory !== this.cost.memory ||
      parsed.passes !== this.cost.passes ||
      parsed.parallelism !== this.cost.parallelism
    );
  }
}

const unpadded = (octets: Buffer): string => octets.toString('base64').replace(/=+$/, '');

function parse(text: string): ParsedHash | null {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

const argon2id: Derive = (password, { memory, passes, parallelism, salt }, tagLength) =>
  new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      { message: password.normalize('NFKC'), nonce: salt, memory, passes, parallelism, tagLength },
      (error, derived) => {
        if (error === null) resolve(Buffer.from(derived));
        else reject(error);
      },
    );
  });
