import { describe, expect, it } from '@jest/globals';
import { CachedCredential, CredentialCache, STATE_MAX_AGE_MS } from './credential-cache.ts';
import type { Principal } from './principal.ts';

const principal = (id: string): Principal => ({
  tenantId: 't',
  actor: { kind: 'user', id, name: id },
  permissions: new Set(),
  sessionId: 's',
});

/** A credential whose answers the test gives, on a clock the test owns. */
const credential = (expiresAt = 1_000_000) => {
  const state = {
    now: 100_000,
    asked: 0,
    answer: (): Promise<Principal> => Promise.resolve(principal('a')),
  };
  const cached = new CachedCredential(expiresAt, () => {
    state.asked += 1;
    return state.answer();
  });
  return { state, cached, refresh: () => cached.refresh(() => state.now) };
};

describe('CachedCredential', () => {
  it('answers from memory until the state is too old', async () => {
    const { state, cached, refresh } = credential();
    expect(cached.peek(state.now)).toBeNull();
    await refresh();
    expect(cached.peek(state.now + STATE_MAX_AGE_MS - 1)?.actor.id).toBe('a');
    expect(cached.peek(state.now + STATE_MAX_AGE_MS)).toBeNull();
    expect(STATE_MAX_AGE_MS).toBeLessThan(5000);
  });

  it('never answers from memory after its expiry', async () => {
    const { state, cached, refresh } = credential(100_001);
    await refresh();
    expect(cached.peek(state.now)).not.toBeNull();
    expect(cached.peek(state.now + 1)).toBeNull();
  });

  it('asks once for many at the same time', async () => {
    const { state, refresh } = credential();
    await Promise.all(Array.from({ length: 50 }, refresh));
    expect(state.asked).toBe(1);
  });

  it('forgets what it had when the answer is a refusal', async () => {
    const { state, cached, refresh } = credential();
    await refresh();
    state.answer = () => Promise.reject(new Error('revoked'));
    await expect(refresh()).rejects.toThrow('revoked');
    expect(cached.peek(state.now)).toBeNull();
  });

  it('does not keep an answer that is from before a change', async () => {
    const { state, cached, refresh } = credential();
    let release: (value: Principal) => void = () => undefined;
    state.answer = () => new Promise((resolve) => (release = resolve));
    const early = refresh();
    cached.forget();
    release(principal('before'));
    await early;
    expect(cached.peek(state.now)).toBeNull();
    state.answer = () => Promise.resolve(principal('after'));
    await refresh();
    expect(cached.peek(state.now)?.actor.id).toBe('after');
  });
});

describe('CredentialCache', () => {
  it('holds no credential in clear and no more than its bound', () => {
    const cache = new CredentialCache(2);
    for (const text of ['one', 'two', 'three']) {
      const key = CredentialCache.key(text);
      expect(key).not.toContain(text);
      cache.set(key, credential().cached);
    }
    expect(cache.size).toBe(2);
    expect(cache.get(CredentialCache.key('one'))).toBeUndefined();
    expect(cache.get(CredentialCache.key('three'))).toBeDefined();
  });
});
