import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BerReader, BerWriter } from './ber.ts';
import { CodecError } from './codec-error.ts';
import { readValue, writeValue, type SnmpValue } from './snmp-value.ts';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function encode(value: SnmpValue): Uint8Array {
  const writer = new BerWriter(4);
  writeValue(writer, value);
  return writer.finish();
}

const decode = (bytes: Uint8Array): SnmpValue => readValue(new BerReader(bytes));

const vectors: readonly (readonly [name: string, value: SnmpValue, hex: string])[] = [
  ['INTEGER 0', { type: 'integer', value: 0 }, '020100'],
  ['INTEGER -1 is one octet', { type: 'integer', value: -1 }, '0201ff'],
  ['INTEGER 127', { type: 'integer', value: 127 }, '02017f'],
  ['INTEGER 128 needs a zero in front', { type: 'integer', value: 128 }, '02020080'],
  ['INTEGER -128', { type: 'integer', value: -128 }, '020180'],
  ['INTEGER -129', { type: 'integer', value: -129 }, '0202ff7f'],
  ['the least Integer32', { type: 'integer', value: -2_147_483_648 }, '020480000000'],
  ['the largest Integer32', { type: 'integer', value: 2_147_483_647 }, '02047fffffff'],
  [
    'the largest Counter32 carries a zero octet in front',
    { type: 'counter32', value: 4_294_967_295 },
    '410500ffffffff',
  ],
  ['Gauge32', { type: 'gauge32', value: 1_000_000_000 }, '42043b9aca00'],
  ['TimeTicks', { type: 'timeTicks', value: 65_535 }, '430300ffff'],
  [
    'the largest Counter64 has nine octets',
    { type: 'counter64', value: 0xffff_ffff_ffff_ffffn },
    '460900ffffffffffffffff',
  ],
  ['Counter64 0', { type: 'counter64', value: 0n }, '460100'],
  ['sysUpTime.0', { type: 'oid', value: '1.3.6.1.2.1.1.3.0' }, '06082b06010201010300'],
  ['arcs of two and three octets', { type: 'oid', value: '1.3.16383.16384' }, '06062bff7f818000'],
  ['the largest arc', { type: 'oid', value: '1.3.4294967295' }, '06062b8fffffff7f'],
  ['2.999 of X.690', { type: 'oid', value: '2.999.3' }, '0603883703'],
  ['zeroDotZero', { type: 'oid', value: '0.0' }, '060100'],
  ['IpAddress', { type: 'ipAddress', value: '192.0.2.255' }, '4004c00002ff'],
  ['OCTET STRING', { type: 'octetString', value: octets('00ff41') }, '040300ff41'],
  ['an empty OCTET STRING', { type: 'octetString', value: octets('') }, '0400'],
  ['Opaque', { type: 'opaque', value: octets('9f7804') }, '44039f7804'],
  ['NULL', { type: 'null' }, '0500'],
  ['noSuchObject', { type: 'noSuchObject' }, '8000'],
  ['noSuchInstance', { type: 'noSuchInstance' }, '8100'],
  ['endOfMibView', { type: 'endOfMibView' }, '8200'],
];

describe('BER values', () => {
  it.each(vectors)('%s', (_name, value, hex) => {
    expect(Buffer.from(encode(value)).toString('hex')).toBe(hex);
    expect(decode(octets(hex))).toEqual(value);
  });

  it.each([
    ['a non-minimal integer', '02020001', { type: 'integer', value: 1 }],
    ['a long form of a short length', '0282000101', { type: 'integer', value: 1 }],
    ['a counter in negative form', '4104ffffffff', { type: 'counter32', value: 4_294_967_295 }],
    [
      'an unsigned INTEGER of five octets',
      '020500ffffffff',
      { type: 'integer', value: 4_294_967_295 },
    ],
    ['an empty OID', '0600', { type: 'oid', value: '0.0' }],
    ['an address of no octets, as octets', '4000', { type: 'octetString', value: octets('') }],
    ['UInteger32', '470107', { type: 'gauge32', value: 7 }],
  ] as const)('accepts %s', (_name, hex, value) => {
    expect(decode(octets(hex))).toEqual(value);
  });

  it.each([
    ['no octets', ''],
    ['no length', '02'],
    ['a length beyond the end', '02050101'],
    ['an indefinite length', '308000000000'],
    ['a length of five octets', '0285000000000101'],
    ['a huge length', '0484ffffffff00'],
    ['an empty integer', '0200'],
    ['an integer of six octets', '0206010000000000'],
    ['a padded arc', '0603808001'],
    ['an arc above 2^32-1', '06062bffffffff7f'],
    ['an unfinished arc', '06022b80'],
    ['an unknown tag', '1f0100'],
  ])('refuses %s', (_name, hex) => {
    expect(() => decode(octets(hex))).toThrow(CodecError);
  });

  it('refuses an OID of more than 128 arcs', () => {
    expect(() => decode(octets(`0681c8${'01'.repeat(200)}`))).toThrow(CodecError);
  });

  it('gives back every number it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), (value) => {
        expect(decode(encode({ type: 'integer', value }))).toEqual({ type: 'integer', value });
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), (value) => {
        expect(decode(encode({ type: 'counter64', value }))).toEqual({ type: 'counter64', value });
      }),
    );
  });
});
