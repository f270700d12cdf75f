import { describe, expect, it } from '@jest/globals';
import type { SetValue } from '@drm/contracts';
import { ProtocolError } from '@drm/protocol-core';
import fc from 'fast-check';
import type { SnmpType, SnmpValue } from '../codec/snmp-value.ts';
import { parameterValue } from './parameter-value.ts';
import { wireValue } from './set-value.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const octets = (text: string): SnmpValue => ({ type: 'octetString', value: hex(text) });
const opaque = (text: string): SnmpValue => ({ type: 'opaque', value: hex(text) });

describe('values from the wire', () => {
  it.each<[string, SnmpValue, string, unknown, string | null]>([
    ['INTEGER', { type: 'integer', value: -3 }, 'int', -3, null],
    ['Counter32', { type: 'counter32', value: 4_294_967_295 }, 'counter32', 4_294_967_295, null],
    ['Gauge32', { type: 'gauge32', value: 7 }, 'gauge32', 7, null],
    ['TimeTicks', { type: 'timeTicks', value: 100 }, 'timeTicks', 100, null],
    [
      'Counter64 is decimal text',
      { type: 'counter64', value: 2n ** 64n - 1n },
      'counter64',
      '18446744073709551615',
      null,
    ],
    ['OBJECT IDENTIFIER', { type: 'oid', value: '1.3.6.1' }, 'objectId', '1.3.6.1', null],
    ['IpAddress', { type: 'ipAddress', value: '192.0.2.1' }, 'ipAddress', '192.0.2.1', null],
    ['text', octets('c3a9740a'), 'string', 'ét\n', null],
    ['empty text', octets(''), 'string', '', null],
    ['text with a closing NUL keeps its octets', octets('616200'), 'string', 'ab', '616200'],
    ['Latin-1', octets('e974'), 'hexBinary', 'e974', 'e974'],
    ['a MAC address', octets('025300ff1701'), 'hexBinary', '025300ff1701', '025300ff1701'],
    ['control octets', octets('4142071b'), 'hexBinary', '4142071b', '4142071b'],
    ['NULs alone', octets('0000'), 'hexBinary', '0000', '0000'],
    ['an Opaque float', opaque('9f780442f60000'), 'decimal', 123, '9f780442f60000'],
    [
      'an Opaque double',
      opaque('9f79083ff8000000000000'),
      'decimal',
      1.5,
      '9f79083ff8000000000000',
    ],
    [
      'an Opaque float that is no number',
      opaque('9f78047fc00000'),
      'decimal',
      'NaN',
      '9f78047fc00000',
    ],
    ['an Opaque int64', opaque('9f7a01ff'), 'long', '-1', '9f7a01ff'],
    [
      'an Opaque uint64',
      opaque('9f7b0900ffffffffffffffff'),
      'unsignedLong',
      '18446744073709551615',
      '9f7b0900ffffffffffffffff',
    ],
    ['any other Opaque', opaque('9f7804'), 'opaque', '9f7804', '9f7804'],
    ['NULL', { type: 'null' }, 'null', null, null],
  ])('%s', (_name, value, type, typed, raw) => {
    expect(parameterValue('1.3.6', value)).toEqual({
      path: '1.3.6',
      state: 'known',
      type,
      value: typed,
      raw,
    });
  });

  it.each(['noSuchObject', 'noSuchInstance', 'endOfMibView'] as const)(
    'says that %s is not supported',
    (type) => {
      expect(parameterValue('1.3.6', { type })).toEqual({
        path: '1.3.6',
        state: 'not_supported',
        type: null,
        value: null,
        raw: null,
      });
    },
  );

  it('loses no octet of any string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        const { value: typed, raw } = parameterValue('1.3', { type: 'octetString', value });
        const kept = raw === null ? Buffer.from(String(typed), 'utf8') : Buffer.from(raw, 'hex');
        expect(Buffer.compare(kept, value)).toBe(0);
      }),
    );
  });
});

const request = (value: SetValue['value'], type?: SetValue['type']): SetValue => ({
  path: '1.3.6',
  value,
  ...(type === undefined ? {} : { type }),
});

describe('values to the wire', () => {
  it.each<[string, SetValue, SnmpType | null, SnmpValue]>([
    ['text as the device has it', request('höm'), 'octetString', octets('68c3b66d')],
    ['hex by its prefix', request('0x00:ff'), 'octetString', octets('00ff')],
    ['hex by its type', request('00 ff', 'hexBinary'), null, octets('00ff')],
    ['text that looks like hex, by its type', request('0xff', 'string'), null, octets('30786666')],
    ['base64', request('AP8=', 'base64'), null, octets('00ff')],
    ['a number in text', request('-7'), 'integer', { type: 'integer', value: -7 }],
    ['true is 1', request(true), 'integer', { type: 'integer', value: 1 }],
    ['false is 2', request(false, 'boolean'), null, { type: 'integer', value: 2 }],
    ['a gauge', request(4_294_967_295), 'gauge32', { type: 'gauge32', value: 4_294_967_295 }],
    ['ticks', request('100', 'timeTicks'), null, { type: 'timeTicks', value: 100 }],
    [
      '64 bits',
      request('18446744073709551615', 'counter64'),
      null,
      { type: 'counter64', value: 2n ** 64n - 1n },
    ],
    ['an OID with a dot', request('.1.3.6.1'), 'oid', { type: 'oid', value: '1.3.6.1' }],
    ['an address', request('192.0.2.1'), 'ipAddress', { type: 'ipAddress', value: '192.0.2.1' }],
    ['opaque octets', request('9f78', 'opaque'), null, opaque('9f78')],
    [
      'the named type over the read one',
      request(5, 'int'),
      'gauge32',
      { type: 'integer', value: 5 },
    ],
  ])('%s', (_name, setValue, current, expected) => {
    const value = wireValue(setValue, current);
    expect(value.type).toBe(expected.type);
    expect(
      'value' in value && value.value instanceof Uint8Array ? Uint8Array.from(value.value) : value,
    ).toEqual(
      'value' in expected && expected.value instanceof Uint8Array ? expected.value : expected,
    );
  });

  it.each<[string, SetValue, SnmpType | null, string]>([
    ['no type at all', request('x'), null, 'snmp.type_needed'],
    ['an object that is not there', request('x'), 'noSuchInstance', 'snmp.type_needed'],
    ['a number out of range', request(2 ** 31), 'integer', 'snmp.bad_value'],
    ['a negative counter', request(-1), 'counter32', 'snmp.bad_value'],
    ['a fraction', request(1.5), 'integer', 'snmp.bad_value'],
    ['text as a number', request('ten'), 'integer', 'snmp.bad_value'],
    ['no address', request('1.2.3'), 'ipAddress', 'snmp.bad_value'],
    ['no OID', request('sysName'), 'oid', 'snmp.bad_value'],
    ['half an octet', request('0xabc'), 'octetString', 'snmp.bad_value'],
    ['no base64', request('***', 'base64'), null, 'snmp.bad_value'],
    ['65 bits', request('18446744073709551616', 'counter64'), null, 'snmp.bad_value'],
    ['a type without a form', request('x', 'dateTime'), 'octetString', 'snmp.bad_value'],
  ])('refuses %s before anything is sent', (_name, setValue, current, code) => {
    try {
      wireValue(setValue, current);
      throw new Error('it was accepted');
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({ code, path: '1.3.6', errorClass: 'permanent' });
    }
  });
});
