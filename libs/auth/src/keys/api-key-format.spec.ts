import { describe, expect, it } from '@jest/globals';
import { bearerOf } from '../guard/bearer.ts';
import { openSuccessor, sealSuccessor } from '../sessions/one-time-secret.ts';
import { hashApiKey, makeApiKey, matchesHash, prefixOf } from './api-key-format.ts';

describe('API keys', () => {
  it('carry 256 random bits and find their own prefix, whatever letters the secret has', () => {
    const made = makeApiKey((size) => Buffer.alloc(size, 0xff));
    expect(made.key).toBe(`drm_777777777777_${'_'.repeat(42)}8`);
    expect(prefixOf(made.key)).toBe('777777777777');
    expect(makeApiKey().key).not.toBe(makeApiKey().key);
  });

  it('match their own hash only', () => {
    const { key, hash } = makeApiKey();
    expect(matchesHash(key, hash)).toBe(true);
    expect(matchesHash(`${key}x`, hash)).toBe(false);
    expect(matchesHash(key, hash.subarray(1))).toBe(false);
    expect(hashApiKey(key).equals(hash)).toBe(true);
  });

  it.each(['', 'drm_', 'drm_abc_def', 'drm_ABCDEFGHIJKL_x', `drm_aaaaaaaaaaaa_${'a'.repeat(44)}`])(
    '%j is none',
    (text) => {
      expect(prefixOf(text)).toBeNull();
    },
  );
});

describe('bearerOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Basic abc', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['', null],
    [`Bearer ${'a'.repeat(5000)}`, null],
    [undefined, null],
  ])('%j holds %j', (header, credential) => {
    expect(bearerOf(header)).toBe(credential);
  });
});

describe('a sealed successor', () => {
  it('opens with the old token only, and not when an octet differs', () => {
    const sealed = sealSuccessor('old token', 'new token');
    expect(openSuccessor('old token', sealed)).toBe('new token');
    expect(sealed.includes('new token')).toBe(false);
    expect(() => openSuccessor('another', sealed)).toThrow();
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(() => openSuccessor('old token', sealed)).toThrow();
  });
});
