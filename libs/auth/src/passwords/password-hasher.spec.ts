import { describe, expect, it } from '@jest/globals';
import { DEFAULT_COST, PasswordHasher } from './password-hasher.ts';
import { Semaphore } from './semaphore.ts';

const cheap = new PasswordHasher({ memory: 64, passes: 1, parallelism: 1 });

describe('PasswordHasher', () => {
  it('is argon2id above the floor (AU-1)', async () => {
    expect(await new PasswordHasher().hash('a long enough one')).toMatch(
      /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
    expect(DEFAULT_COST.memory).toBeGreaterThanOrEqual(19_456);
  });

  it('reads the PHC string of another implementation', async () => {
    // Reference vector: argon2 "password" with salt "somesalt", m=65536, t=2, p=1.
    const reference =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await cheap.verify(reference, 'password')).toBe(true);
    expect(await cheap.verify(reference, 'Password')).toBe(false);
  });

  it('tells long passwords apart that differ at the end (AU-3)', async () => {
    const long = 'x'.repeat(127);
    const hash = await cheap.hash(`${long}1`);
    expect(await cheap.verify(hash, `${long}1`)).toBe(true);
    expect(await cheap.verify(hash, `${long}2`)).toBe(false);
  });

  it('takes the same letter in two encodings as the same', async () => {
    const hash = await cheap.hash('Zoë drinks café au lait');
    expect(await cheap.verify(hash, 'Zoe\u0308 drinks cafe\u0301 au lait')).toBe(true);
  });

  it.each([null, '', 'plain', '$argon2id$v=19$m=1,t=1$x$y', '$2b$10$abcdefghijklmnopqrstuv'])(
    'is never right for %j, and does not throw',
    async (stored) => {
      expect(await cheap.verify(stored, 'anything')).toBe(false);
    },
  );

  it('wants to hash again when the cost changed', async () => {
    const hash = await cheap.hash('a long enough one');
    expect(cheap.needsRehash(hash)).toBe(false);
    expect(new PasswordHasher().needsRehash(hash)).toBe(true);
    expect(cheap.needsRehash('plain')).toBe(true);
  });

  it('works as hard for nobody as for somebody, so that the time tells nothing (AU-7)', async () => {
    const work: object[] = [];
    const hasher = new PasswordHasher(DEFAULT_COST, (password, cost, length) => {
      const { memory, passes, parallelism, salt } = cost;
      work.push({ password, memory, passes, parallelism, salt: salt.length, length });
      return Promise.resolve(Buffer.alloc(length));
    });
    const stored = await hasher.hash('a long enough one');
    expect(await hasher.verify(stored, 'a guess')).toBe(true);
    expect(await hasher.verify(null, 'a guess')).toBe(false);
    expect(work[2]).toEqual(work[1]);
  });
});

describe('Semaphore (AU-2)', () => {
  it('runs a few, queues a few and refuses the rest', async () => {
    const gate = new Semaphore(2, 3);
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => gate.run(work)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'rate.limited' },
    });
    expect(most).toBe(2);
    await gate.run(work);
  });

  it('frees its slot when the work fails', async () => {
    const gate = new Semaphore(1, 0);
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
