import { describe, expect, it } from '@jest/globals';
import { isoOf, localInput } from './time-range.ts';

describe('time range', () => {
  it('goes to the local field and back without a change', () => {
    const iso = '2026-03-01T12:34:00.000Z';
    expect(isoOf(localInput(iso))).toBe(iso);
  });
  it('treats nonsense as no limit', () => {
    expect(localInput('yesterday')).toBe('');
    expect(localInput(undefined)).toBe('');
    expect(isoOf('')).toBeNull();
  });
});
