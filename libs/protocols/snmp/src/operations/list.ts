import type { OperationResult } from '@drm/contracts';
import { ProtocolError } from '@drm/protocol-core';
import { arcsOf, compareOids, isWithin, type Oid } from '../codec/oid.ts';
import { ERROR_STATUS } from '../codec/pdu.ts';
import { statusErrorOf } from '../failure-mapping.ts';
import type { Exchanges, SnmpContext } from './exchanges.ts';
import { oidOf } from './native-path.ts';

const MAX_CHILDREN = 10_000;
const LAST_ARC = 0xffff_ffff;

interface ListRequest {
  readonly path: string;
  readonly depth: number;
}

/**
 * Names below an OID, `depth` arcs deep. Each GETNEXT jumps over the rest of the child it found, so a table of
 * thousands of rows costs one exchange a column and not one a cell.
 */
export async function executeList(
  exchanges: Exchanges,
  context: SnmpContext,
  { path, depth }: ListRequest,
): Promise<OperationResult> {
  const root = oidOf(path);
  const rootArcs = arcsOf(root).length;
  const children: Oid[] = [];
  let cursor = root;
  let partial: OperationResult['partial'];
  while (partial === undefined) {
    const reply = await exchanges.getNext(cursor);
    const found = reply.varbinds[0];
    if (ERROR_STATUS[reply.errorStatus] === 'noSuchName') break;
    if (reply.errorStatus !== 0) throw statusErrorOf(reply.errorStatus, cursor);
    if (found === undefined) {
      throw new ProtocolError('transient', 'snmp.decode', 'the reply is empty', { path: cursor });
    }
    if (found.value.type === 'endOfMibView') break;
    if (compareOids(found.oid, cursor) <= 0) {
      partial = {
        code: 'snmp.non_increasing',
        message: `the device does not go on after ${cursor}`,
      };
    } else if (!isWithin(root, found.oid)) {
      break;
    } else {
      const child = arcsOf(found.oid)
        .slice(0, rootArcs + depth)
        .join('.');
      children.push(child);
      cursor = `${child}.${LAST_ARC}`;
      if (children.length % 100 === 0) context.progress({ phase: 'list', done: children.length });
      if (children.length >= MAX_CHILDREN) {
        partial = { code: 'snmp.walk_limit', message: `stopped after ${children.length} names` };
      }
    }
  }
  return {
    output: { paths: children },
    valueCount: children.length,
    ...(partial === undefined ? {} : { partial }),
  };
}
