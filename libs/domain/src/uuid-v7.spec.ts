import { describe, expect, it } from '@jest/globals';
import { uuidV7 } from './uuid-v7.ts';

describe('uuidV7', () => {
  it('carries the time, the version and the variant', () => {
    expect(uuidV7(0x0123_4567_89ab, (target) => target.fill(0xff))).toBe(
      '01234567-89ab-7fff-bfff-ffffffffffff',
    );
  });

  it('sorts by the time it was made', () => {
    expect(uuidV7(1_000) < uuidV7(1_001)).toBe(true);
  });
});
