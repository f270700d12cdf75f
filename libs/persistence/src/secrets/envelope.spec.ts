import { describe, expect, it } from '@jest/globals';
import { kekId, open, seal, SealError, sealedVersion, type DataKey } from './envelope.ts';

const dataKey: DataKey = {
  version: 3,
  kekId: kekId(Buffer.alloc(32, 1)),
  key: Buffer.alloc(32, 7),
};
const place = { table: 'device_endpoint', rowId: 'r1', field: 'secrets' };
const sealed = seal(dataKey, 't1', place, Buffer.alloc(12, 9), Buffer.from('public'));

describe('the envelope', () => {
  it('opens what it sealed and says by which key', () => {
    expect(open(dataKey, 't1', place, sealed).toString()).toBe('public');
    expect(sealedVersion(sealed)).toBe(3);
    expect(sealed.includes('public')).toBe(false);
  });

  it.each([
    ['another tenant', 't2', place],
    ['another row', 't1', { ...place, rowId: 'r2' }],
    ['another field', 't1', { ...place, field: 'other' }],
    ['another table', 't1', { ...place, table: 'api_key' }],
    [
      'parts shifted between fields',
      't1',
      { table: 'device_endpointr', rowId: '1', field: 'secrets' },
    ],
  ])('does not open in %s', (_name, tenantId, where) => {
    expect(() => open(dataKey, tenantId, where, sealed)).toThrow(SealError);
  });

  it('does not open when one octet differs, wherever it is', () => {
    for (let index = 0; index < sealed.length; index += 1) {
      const damaged = Buffer.from(sealed);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      // Octets 1 to 4 only name the key-encryption key; they are no part of what is opened.
      if (index >= 1 && index <= 4) continue;
      expect(() => open(dataKey, 't1', place, damaged)).toThrow(SealError);
    }
  });

  it('refuses what is too short to be sealed', () => {
    expect(() => open(dataKey, 't1', place, Buffer.from([1, 2, 3]))).toThrow(SealError);
  });
});
