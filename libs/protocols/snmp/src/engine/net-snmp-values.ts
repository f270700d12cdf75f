import type { RawPdu, RawVarBind } from 'net-snmp';
import { TAG } from '../codec/ber.ts';
import { NULL_VALUE, type SnmpType, type SnmpValue, type VarBind } from '../codec/snmp-value.ts';
import type { SnmpReply } from './snmp-engine.ts';

/* Between net-snmp's values and ours; the package itself is only named for its types. */

export const replyOf = (pdu: RawPdu): SnmpReply => ({
  errorStatus: pdu.errorStatus,
  errorIndex: pdu.errorIndex,
  varbinds: pdu.varbinds.map((varbind) => ({ oid: varbind.oid, value: valueOf(varbind) })),
});

/** The library names types by their tags; the ones of old NSAP and UInteger32 it does not know. */
const TYPES: ReadonlyMap<number, SnmpType> = new Map(
  (
    [
      'integer',
      'octetString',
      'null',
      'oid',
      'ipAddress',
      'counter32',
      'gauge32',
      'timeTicks',
      'opaque',
      'counter64',
      'noSuchObject',
      'noSuchInstance',
      'endOfMibView',
    ] as const
  ).map((type) => [TAG[type], type]),
);

function valueOf({ type, value }: RawVarBind): SnmpValue {
  const name = TYPES.get(type ?? 0);
  switch (name) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      return { type: name, value: Number(value) };
    case 'octetString':
    case 'opaque':
      // An empty string comes as null or as an empty text.
      return { type: name, value: Buffer.isBuffer(value) ? value : Buffer.alloc(0) };
    case 'oid':
    case 'ipAddress':
      return { type: name, value: String(value) };
    case 'counter64': {
      const hex = Buffer.isBuffer(value) ? value.toString('hex') : '';
      return { type: name, value: BigInt.asUintN(64, BigInt(`0x${hex === '' ? '0' : hex}`)) };
    }
    case undefined:
      return NULL_VALUE;
    default:
      return { type: name };
  }
}

export function rawVarBind({ oid, value }: VarBind): RawVarBind {
  const type = TAG[value.type];
  if (value.type === 'counter64') {
    const hex = value.value.toString(16);
    const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    const isNegativeForm = ((octets[0] ?? 0) & 0x80) !== 0;
    return { oid, type, value: isNegativeForm ? Buffer.concat([Buffer.alloc(1), octets]) : octets };
  }
  if (!('value' in value)) return { oid, type, value: null };
  return {
    oid,
    type,
    value: value.value instanceof Uint8Array ? Buffer.from(value.value) : value.value,
  };
}
