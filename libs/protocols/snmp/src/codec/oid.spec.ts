import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareOids, decodeOidOctets, encodeOidOctets, isWithin, parseOid } from './oid.ts';

const anOid = fc
  .array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 20 })
  .map((arcs) => `1.3.${arcs.join('.')}`);

describe('object identifiers', () => {
  it('takes a leading dot off', () => {
    expect(parseOid(' .1.3.6.1.2.1.1.3.0 ')).toBe('1.3.6.1.2.1.1.3.0');
  });

  it.each([
    '',
    '.',
    '1',
    '1.',
    '1..3',
    '1.3.x',
    '3.1',
    '1.40',
    '1.3.4294967296',
    '1.3.01',
    'sysName.0',
    '-1.3',
    '1.3.99999999999',
  ])('refuses %j', (text) => {
    expect(parseOid(text)).toBeNull();
  });

  it('compares arc by arc and not octet by octet', () => {
    expect(compareOids('1.3.16383', '1.3.16384')).toBeLessThan(0);
    expect(compareOids('1.3.9', '1.3.10')).toBeLessThan(0);
    expect(compareOids('1.3.6', '1.3.6.0')).toBeLessThan(0);
    expect(compareOids('1.3.6.1', '1.3.6')).toBeGreaterThan(0);
    expect(compareOids('1.3.6', '1.3.6')).toBe(0);
  });

  it('orders any two the same way as their arcs', () => {
    fc.assert(
      fc.property(anOid, anOid, (left, right) => {
        const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
        const at = a.findIndex((arc, index) => arc !== b[index]);
        const expected =
          at === -1 ? a.length - b.length : at >= b.length ? 1 : (a[at] ?? 0) - (b[at] ?? 0);
        expect(Math.sign(compareOids(left, right))).toBe(Math.sign(expected));
      }),
    );
  });

  it('knows what lies below a root', () => {
    expect(isWithin('1.3.6', '1.3.6')).toBe(true);
    expect(isWithin('1.3.6', '1.3.6.1')).toBe(true);
    expect(isWithin('1.3.6', '1.3.61')).toBe(false);
  });

  it('gives back every OID it encoded', () => {
    fc.assert(
      fc.property(anOid, (oid) => {
        const bytes = Uint8Array.from(encodeOidOctets(oid));
        expect(decodeOidOctets(bytes, 0, bytes.length)).toBe(oid);
      }),
    );
  });
});
