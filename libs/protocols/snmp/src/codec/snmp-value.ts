import { TAG, type BerReader, type BerWriter } from './ber.ts';
import { CodecError } from './codec-error.ts';
import type { Oid } from './oid.ts';

/** A value as it travels (RFC 2578, RFC 3416). The last three say that there is no value, and why. */
export type SnmpValue =
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'octetString'; readonly value: Uint8Array }
  | { readonly type: 'oid'; readonly value: Oid }
  | { readonly type: 'ipAddress'; readonly value: string }
  | { readonly type: 'counter32' | 'gauge32' | 'timeTicks'; readonly value: number }
  | { readonly type: 'counter64'; readonly value: bigint }
  | { readonly type: 'opaque'; readonly value: Uint8Array }
  | { readonly type: 'null' | 'noSuchObject' | 'noSuchInstance' | 'endOfMibView' };

export type SnmpType = SnmpValue['type'];

export interface VarBind {
  readonly oid: Oid;
  readonly value: SnmpValue;
}

export const NULL_VALUE: SnmpValue = { type: 'null' };

/** True for the three answers that mean "nothing here". */
export const isAbsent = (value: SnmpValue): boolean =>
  value.type === 'noSuchObject' || value.type === 'noSuchInstance' || value.type === 'endOfMibView';

export function writeValue(writer: BerWriter, value: SnmpValue): void {
  switch (value.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      writer.integer(value.value, TAG[value.type]);
      return;
    case 'octetString':
    case 'opaque':
      writer.octets(value.value, TAG[value.type]);
      return;
    case 'oid':
      writer.oid(value.value);
      return;
    case 'ipAddress':
      writer.octets(value.value.split('.').map(Number), TAG.ipAddress);
      return;
    case 'counter64':
      writer.unsigned64(value.value, TAG.counter64);
      return;
    default:
      writer.null(TAG[value.type]);
  }
}

/** @throws CodecError on an unknown tag or broken contents */
export function readValue(reader: BerReader): SnmpValue {
  const tag = reader.peekTag();
  switch (tag) {
    case TAG.integer:
      return { type: 'integer', value: reader.readInteger() };
    case TAG.octetString:
      return { type: 'octetString', value: reader.readOctets(tag) };
    case TAG.null:
      reader.readNull(tag);
      return NULL_VALUE;
    case TAG.oid:
      return { type: 'oid', value: reader.readOid() };
    case TAG.ipAddress: {
      const octets = reader.readOctets(tag);
      // Some agents send 0 or 16 octets: shown raw, never a failure of the whole reply.
      if (octets.length !== 4) return { type: 'octetString', value: octets };
      return { type: 'ipAddress', value: octets.join('.') };
    }
    case TAG.counter32:
      return { type: 'counter32', value: reader.readUnsigned32(tag) };
    case TAG.gauge32:
    case TAG.uInteger32:
      return { type: 'gauge32', value: reader.readUnsigned32(tag) };
    case TAG.timeTicks:
      return { type: 'timeTicks', value: reader.readUnsigned32(tag) };
    case TAG.opaque:
      return { type: 'opaque', value: reader.readOctets(tag) };
    case TAG.nsapAddress:
      return { type: 'octetString', value: reader.readOctets(tag) };
    case TAG.counter64:
      return { type: 'counter64', value: reader.readUnsigned64(tag) };
    case TAG.noSuchObject:
      reader.readNull(tag);
      return { type: 'noSuchObject' };
    case TAG.noSuchInstance:
      reader.readNull(tag);
      return { type: 'noSuchInstance' };
    case TAG.endOfMibView:
      reader.readNull(tag);
      return { type: 'endOfMibView' };
    default:
      throw new CodecError(`unknown value tag ${tag}`, reader.offset);
  }
}
