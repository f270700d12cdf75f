import { describe, expect, it } from '@jest/globals';
import { keyState } from './key-state.ts';

describe('keyState', () => {
  const expiresAt = '2026-06-01T00:00:00.000Z';
  it('tells usable, expired and revoked keys apart', () => {
    const now = Date.parse('2026-05-01T00:00:00.000Z');
    expect(keyState({ revokedAt: null, expiresAt }, now)).toBe('usable');
    expect(keyState({ revokedAt: null, expiresAt }, Date.parse(expiresAt))).toBe('expired');
    expect(keyState({ revokedAt: '2026-04-01T00:00:00.000Z', expiresAt }, now)).toBe('revoked');
  });
});
