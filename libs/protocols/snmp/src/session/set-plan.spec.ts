import { describe, expect, it } from '@jest/globals';
import type { SnmpValue } from '../codec/snmp-value.ts';
import { evidenceOf, verdictOf } from './set-plan.ts';

const integer = (value: number): SnmpValue => ({ type: 'integer', value });
const ABSENT: SnmpValue = { type: 'noSuchInstance' };
const text = (value: string): SnmpValue => ({ type: 'octetString', value: Buffer.from(value) });

describe('verification of a SET', () => {
  it.each<[string, SnmpValue, SnmpValue | null, SnmpValue | null, string]>([
    ['the value is there', text('a'), text('b'), text('a'), 'verified'],
    ['another value is there', text('a'), text('b'), text('b'), 'differs'],
    [
      'gauge and integer of one number',
      { type: 'gauge32', value: 5 },
      null,
      integer(5),
      'verified',
    ],
    ['nothing was read', integer(1), integer(2), null, 'unverifiable'],
    ['a write-only object', integer(1), ABSENT, ABSENT, 'unverifiable'],
    ['createAndGo became active', integer(4), ABSENT, integer(1), 'verified'],
    ['createAndWait became notReady', integer(5), null, integer(3), 'verified'],
    ['createAndGo over a row that was there', integer(4), integer(2), integer(1), 'differs'],
    ['destroy made the row vanish', integer(6), integer(1), ABSENT, 'verified'],
    ['TestAndIncr moved on by one', integer(41), integer(41), integer(42), 'verified'],
    ['TestAndIncr did not move', integer(41), integer(40), integer(42), 'differs'],
  ])('%s', (_name, want, old, got, verdict) => {
    expect(verdictOf({ oid: '1.3', want, old }, got)).toBe(verdict);
  });

  it('keeps desired and old value as evidence', () => {
    expect(evidenceOf([{ oid: '1.3', want: text('new'), old: text('old') }])).toEqual({
      values: [{ path: '1.3', want: 'new', old: 'old' }],
    });
  });
});
