import { describe, expect, it } from '@jest/globals';
import { AuditIds } from './audit-ids.ts';

describe('AuditIds', () => {
  it('sort in the order they were made, within a millisecond and beyond its counter', () => {
    const ids = new AuditIds(() => 1_700_000_000_000);
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(made.map((one) => one.id)).toEqual(made.map((one) => one.id).sort());
    expect(new Set(made.map((one) => one.id)).size).toBe(10_000);
    expect(made.at(-1)?.ms).toBe(1_700_000_000_002);
    expect(made[0]?.id).toMatch(/^018bcfe5-6800-7000-[89ab]/);
  });

  it('does not go back when the clock does', () => {
    const times = [5000, 4000, 4001];
    const ids = new AuditIds(() => times.shift() ?? 0);
    const made = [ids.next(), ids.next(), ids.next()].map((one) => one.id);
    expect(made).toEqual([...made].sort());
  });
});
