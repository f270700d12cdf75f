import type { SetValue, ValueType } from '@drm/contracts';
import { ProtocolError } from '@drm/protocol-core';
import { isIPv4 } from 'node:net';
import { parseOid } from '../codec/oid.ts';
import type { SnmpType, SnmpValue } from '../codec/snmp-value.ts';

type WritableType = Exclude<SnmpType, 'null' | 'noSuchObject' | 'noSuchInstance' | 'endOfMibView'>;

/** How the platform's types travel in SNMP. */
const WIRE_TYPES: Readonly<Partial<Record<ValueType, WritableType>>> = {
  string: 'octetString',
  int: 'integer',
  boolean: 'integer',
  unsignedInt: 'gauge32',
  gauge32: 'gauge32',
  counter32: 'counter32',
  timeTicks: 'timeTicks',
  unsignedLong: 'counter64',
  counter64: 'counter64',
  ipAddress: 'ipAddress',
  objectId: 'oid',
  hexBinary: 'octetString',
  base64: 'octetString',
  opaque: 'opaque',
};

/**
 * The value to send. The caller's type wins; else the type the device answered with.
 * @throws ProtocolError `snmp.type_needed` when neither is known, `snmp.bad_value` when the value does not fit
 */
export function wireValue(request: SetValue, current: SnmpType | null): SnmpValue {
  const named = request.type === undefined ? undefined : WIRE_TYPES[request.type];
  if (request.type !== undefined && named === undefined) {
    throw refused(request, `of type ${request.type}, which has no SNMP form`);
  }
  const type = named ?? writable(current);
  if (type === null) {
    throw new ProtocolError('permanent', 'snmp.type_needed', 'the type of the value is not known', {
      path: request.path,
      hint: 'The device does not show this object, so its type cannot be read: name the type.',
    });
  }
  return convert(request, type);
}

function writable(type: SnmpType | null): WritableType | null {
  switch (type) {
    case null:
    case 'null':
    case 'noSuchObject':
    case 'noSuchInstance':
    case 'endOfMibView':
      return null;
    default:
      return type;
  }
}

function convert(request: SetValue, type: WritableType): SnmpValue {
  switch (type) {
    case 'integer':
      return { type, value: integerIn(request, -0x8000_0000, 0x7fff_ffff) };
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      return { type, value: integerIn(request, 0, 0xffff_ffff) };
    case 'counter64':
      return { type, value: unsigned64(request) };
    case 'oid': {
      const oid = parseOid(String(request.value));
      if (oid === null) throw refused(request, 'not an object identifier');
      return { type, value: oid };
    }
    case 'ipAddress': {
      const address = String(request.value);
      if (!isIPv4(address)) throw refused(request, 'not an IPv4 address');
      return { type, value: address };
    }
    case 'octetString':
    case 'opaque':
      return { type, value: octetsOf(request, type) };
  }
}

function integerIn(request: SetValue, low: number, high: number): number {
  // TruthValue: true is 1, false is 2 (RFC 2579).
  const value =
    typeof request.value === 'boolean' ? (request.value ? 1 : 2) : numberOf(request.value);
  if (value === null || value < low || value > high) {
    throw refused(request, `not an integer from ${low} to ${high}`);
  }
  return value;
}

function numberOf(value: string | number): number | null {
  if (typeof value === 'string' && !/^[+-]?\d{1,12}$/.test(value.trim())) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function unsigned64(request: SetValue): bigint {
  const text = String(request.value).trim();
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn)
    throw refused(request, 'not an unsigned 64-bit number');
  return value;
}

function octetsOf(request: SetValue, type: 'octetString' | 'opaque'): Uint8Array {
  const text = String(request.value);
  if (request.type === 'base64') {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw refused(request, 'not base64');
    return Buffer.from(text, 'base64');
  }
  const isHex = request.type === 'hexBinary' || type === 'opaque' || /^0x/i.test(text);
  if (!isHex || request.type === 'string') return Buffer.from(text, 'utf8');
  const digits = text.replace(/^0x/i, '').replace(/[\s:-]/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits))
    throw refused(request, 'not hex octets');
  return Buffer.from(digits, 'hex');
}

const refused = (request: SetValue, why: string): ProtocolError =>
  new ProtocolError('permanent', 'snmp.bad_value', `the value is ${why}`, {
    path: request.path,
    hint: 'Nothing was sent to the device.',
  });
