import { describe, expect, it } from '@jest/globals';
import { ageText, countText, durationText, exactTime, numberText } from './time.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

describe('ageText', () => {
  it.each([
    [0, 'just now'],
    [-3, 'just now'],
    [20, '20 sec. ago'],
    [60, '1 min. ago'],
    [119, '1 min. ago'],
    [3600, '1 hr. ago'],
    [86_400, '1 day ago'],
    [6 * 86_400, '6 days ago'],
    [-7200, 'in 2 hr.'],
  ])('%d seconds before now reads %s', (seconds, text) => {
    expect(ageText(ago(seconds), now)).toBe(text);
  });

  it('is a date beyond seven days', () => {
    expect(ageText(ago(8 * 86_400), now)).toMatch(/2026/);
  });

  it('shows what it cannot read as it is', () => {
    expect(ageText('soon', now)).toBe('soon');
    expect(exactTime('soon')).toBe('soon');
  });
});

describe('exactTime', () => {
  it('names UTC beside the local time', () => {
    expect(exactTime('2026-03-10T12:00:00.000Z')).toContain('(2026-03-10T12:00:00.000Z)');
  });
});

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [4 * 86_400 + 3 * 3600, '4 d 3 h'],
  ])('%d s reads %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('numberText and countText', () => {
  it('keeps every digit of a 64-bit counter', () => {
    expect(numberText('18446744073709551615').replace(/\D/g, '')).toBe('18446744073709551615');
  });

  it('leaves text alone', () => {
    expect(numberText('12 apples')).toBe('12 apples');
  });

  it('marks a capped count', () => {
    expect(countText({ count: 10_000, exact: false })).toMatch(/10.?000\+$/);
    expect(countText({ count: 7, exact: true })).toBe('7');
  });
});
