import { BerReader, BerWriter, MAX_DATAGRAM, TAG } from './ber.ts';
import { CodecError } from './codec-error.ts';
import { readValue, writeValue, type VarBind } from './snmp-value.ts';

/** PDU tags of RFC 3416; in a GetBulk the two error fields mean non-repeaters and max-repetitions. */
export const PDU_TAG = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  set: 0xa3,
  getBulk: 0xa5,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
} as const;
export type PduType = keyof typeof PDU_TAG;

const PDU_TYPES: ReadonlyMap<number, PduType> = new Map(
  Object.entries(PDU_TAG).map(([type, tag]) => [tag, type as PduType]),
);

/** error-status by number (RFC 3416, 3). */
export const ERROR_STATUS = [
  'noError',
  'tooBig',
  'noSuchName',
  'badValue',
  'readOnly',
  'genErr',
  'noAccess',
  'wrongType',
  'wrongLength',
  'wrongEncoding',
  'wrongValue',
  'noCreation',
  'inconsistentValue',
  'resourceUnavailable',
  'commitFailed',
  'undoFailed',
  'authorizationError',
  'notWritable',
  'inconsistentName',
] as const;
export type ErrorStatus = (typeof ERROR_STATUS)[number];

export const errorStatusNumber = (name: ErrorStatus): number => ERROR_STATUS.indexOf(name);

export interface Pdu {
  readonly type: PduType;
  readonly requestId: number;
  /** error-status, or non-repeaters of a GetBulk. */
  readonly errorStatus: number;
  /** error-index (1-based, 0 is none), or max-repetitions of a GetBulk. */
  readonly errorIndex: number;
  readonly varbinds: readonly VarBind[];
}

/** A v1 or v2c message (RFC 1157, RFC 1901). */
export interface CommunityMessage {
  readonly version: '1' | '2c';
  /** Octets as latin1 text: a community is not always ASCII. */
  readonly community: string;
  readonly pdu: Pdu;
}

export const MAX_VARBINDS = 4096;

export function encodeMessage(message: CommunityMessage, writer = new BerWriter()): Uint8Array {
  const { pdu } = message;
  for (let index = pdu.varbinds.length - 1; index >= 0; index -= 1) {
    const varbind = pdu.varbinds[index];
    if (varbind !== undefined) writeVarBind(writer, varbind);
  }
  writer.wrap(TAG.sequence, 0);
  writer.integer(pdu.errorIndex);
  writer.integer(pdu.errorStatus);
  writer.integer(pdu.requestId);
  writer.wrap(PDU_TAG[pdu.type], 0);
  writer.octets(Buffer.from(message.community, 'latin1'));
  writer.integer(message.version === '1' ? 0 : 1);
  writer.wrap(TAG.sequence, 0);
  return writer.finish();
}

function writeVarBind(writer: BerWriter, varbind: VarBind): void {
  const before = writer.size;
  writeValue(writer, varbind.value);
  writer.oid(varbind.oid);
  writer.wrap(TAG.sequence, before);
}

/**
 * Decodes one datagram. Octets after the outer sequence are ignored, as agents pad.
 * @throws CodecError on anything that is not a v1 or v2c message
 */
export function decodeMessage(bytes: Uint8Array): CommunityMessage {
  if (bytes.length > MAX_DATAGRAM) throw new CodecError('datagram too long', MAX_DATAGRAM);
  const reader = new BerReader(bytes).nested(TAG.sequence);
  const version = reader.readInteger();
  if (version !== 0 && version !== 1) throw new CodecError('not v1 or v2c', reader.offset);
  const community = Buffer.from(reader.readOctets(TAG.octetString)).toString('latin1');
  const type = PDU_TYPES.get(reader.peekTag());
  if (type === undefined) throw new CodecError('unknown PDU', reader.offset);
  const body = reader.nested(PDU_TAG[type]);
  const requestId = body.readInteger();
  const errorStatus = body.readInteger();
  const errorIndex = body.readInteger();
  const list = body.nested(TAG.sequence);
  const varbinds: VarBind[] = [];
  while (!list.isAtEnd) {
    if (varbinds.length >= MAX_VARBINDS) throw new CodecError('too many varbinds', list.offset);
    const entry = list.nested(TAG.sequence);
    const oid = entry.readOid();
    varbinds.push({ oid, value: readValue(entry) });
  }
  return {
    version: version === 0 ? '1' : '2c',
    community,
    pdu: { type, requestId, errorStatus, errorIndex, varbinds },
  };
}
