import type { Oid } from '../codec/oid.ts';
import { ERROR_STATUS, errorStatusNumber } from '../codec/pdu.ts';
import type { SnmpValue } from '../codec/snmp-value.ts';
import type { SnmpReply } from '../engine/snmp-engine.ts';
import { statusErrorOf } from '../failure-mapping.ts';
import { isTimeout, type Exchanges } from './exchanges.ts';

/** Values by OID; an OID the reply left out is absent from the map. */
export type ReadValues = Map<Oid, SnmpValue>;

/**
 * Reads any number of OIDs: split by `maxVarbinds`, halved when a reply does not fit, and with the refused ones of v1
 * taken out one by one.
 */
export async function readValues(
  exchanges: Exchanges,
  oids: readonly Oid[],
  maxVarbinds: number,
  onChunk: (chunk: readonly Oid[], values: ReadValues) => void = () => undefined,
): Promise<ReadValues> {
  const values: ReadValues = new Map();
  for (let at = 0; at < oids.length; at += maxVarbinds) {
    const chunk = oids.slice(at, at + maxVarbinds);
    await readChunk(exchanges, chunk, values);
    onChunk(chunk, values);
  }
  return values;
}

async function readChunk(
  exchanges: Exchanges,
  chunk: readonly Oid[],
  into: ReadValues,
): Promise<void> {
  let asked = chunk;
  while (asked.length > 0) {
    const reply = await tryRead(exchanges, asked);
    const status = reply === null ? 'tooBig' : ERROR_STATUS[reply.errorStatus];
    if (reply !== null && status === 'noError') {
      take(reply, asked, into);
      return;
    }
    if (status === 'tooBig' && asked.length > 1) {
      const half = Math.ceil(asked.length / 2);
      await readChunk(exchanges, asked.slice(0, half), into);
      asked = asked.slice(half);
    } else {
      const refused = refusedOid(asked, reply);
      into.set(refused, { type: 'noSuchInstance' });
      asked = asked.filter((oid) => oid !== refused);
    }
  }
}

/** Matched by OID: what was not asked for is dropped. */
function take(reply: SnmpReply, asked: readonly Oid[], into: ReadValues): void {
  const wanted = new Set(asked);
  for (const { oid, value } of reply.varbinds) if (wanted.has(oid)) into.set(oid, value);
}

/** v1: one unknown OID fails the whole PDU, and the index names it. @throws ProtocolError for any other refusal */
function refusedOid(asked: readonly Oid[], reply: SnmpReply | null): Oid {
  const status = reply?.errorStatus ?? errorStatusNumber('tooBig');
  const named = asked[(reply?.errorIndex ?? 0) - 1];
  if (ERROR_STATUS[status] !== 'noSuchName') throw statusErrorOf(status, named ?? null);
  const refused = named ?? (asked.length === 1 ? asked[0] : undefined);
  if (refused === undefined) throw statusErrorOf(errorStatusNumber('genErr'), null);
  return refused;
}

/** null: too large a question may bring silence in place of tooBig, so a device that answered before gets less. */
async function tryRead(exchanges: Exchanges, oids: readonly Oid[]) {
  const answeredBefore = exchanges.answered;
  try {
    return await exchanges.get(oids);
  } catch (error) {
    if (answeredBefore && oids.length > 1 && isTimeout(error)) return null;
    throw error;
  }
}
