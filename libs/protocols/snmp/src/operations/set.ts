import type { JsonValue, OperationResult, SetValue } from '@drm/contracts';
import { ProtocolError } from '@drm/protocol-core';
import { isAbsent } from '../codec/snmp-value.ts';
import type { Oid } from '../codec/oid.ts';
import { ERROR_STATUS } from '../codec/pdu.ts';
import { statusErrorOf } from '../failure-mapping.ts';
import { evidenceOf, shown, verdictOf, type SetItem, type Verdict } from '../session/set-plan.ts';
import { parameterValue } from '../values/parameter-value.ts';
import { wireValue } from '../values/set-value.ts';
import { isTimeout, type Exchanges, type SnmpContext } from './exchanges.ts';
import { oidOf } from './native-path.ts';
import { readValues, type ReadValues } from './read.ts';

/** All values in one PDU, which an agent applies as a whole or not at all (RFC 3416, 4.2.5); then read back. */
export async function executeSet(
  exchanges: Exchanges,
  context: SnmpContext,
  requests: readonly SetValue[],
): Promise<OperationResult> {
  const oids = requests.map(({ path }) => oidOf(path));
  const read = (): Promise<ReadValues> =>
    readValues(exchanges, oids, context.endpoint.settings.maxVarbindsPerGet);
  const before = await read();
  const items = requests.map((request, index): SetItem => {
    const oid = oids[index] ?? '';
    const old = before.get(oid) ?? null;
    return { oid, old, want: wireValue({ ...request, path: oid }, old?.type ?? null) };
  });
  if (isInEffectAlready(context, items, before)) return report(context, items, before);

  await context.beginEffect('set', evidenceOf(items));
  try {
    const reply = await exchanges.set(items.map(({ oid, want }) => ({ oid, value: want })));
    if (reply.errorStatus !== 0) throw refusal(reply.errorStatus, items[reply.errorIndex - 1]?.oid);
  } catch (error) {
    if (leavesOpen(error)) return afterSilence(error, context, items, read);
    throw error;
  }
  return report(context, items, await read());
}

/** Failures after which the SET may or may not have been done. */
const OPEN_CODES: readonly string[] = ['snmp.decode', 'snmp.time_window', 'snmp.unreachable'];

const leavesOpen = (error: unknown): boolean =>
  isTimeout(error) || (error instanceof ProtocolError && OPEN_CODES.includes(error.code));

/** An earlier attempt may have sent it: equal values mean that it is done. */
function isInEffectAlready(
  context: SnmpContext,
  items: readonly SetItem[],
  values: ReadValues,
): boolean {
  if (context.mode !== 'verify' && context.effects.length === 0) return false;
  return items.every((item) => verdictOf(item, values.get(item.oid) ?? null) === 'verified');
}

/** No good answer to a SET says nothing about its effect: the device is asked for its values. */
async function afterSilence(
  failure: unknown,
  context: SnmpContext,
  items: readonly SetItem[],
  read: () => Promise<ReadValues>,
): Promise<OperationResult> {
  let values: ReadValues;
  try {
    values = await read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(
      'transient',
      'snmp.effect_uncertain',
      'the change was sent, the device does not answer any more',
      {
        path: items[0]?.oid ?? '',
        hint: 'It may or may not be in effect: it is looked at again before it is sent again.',
        uncertain: true,
        cause: error,
      },
    );
  }
  const verdicts = items.map((item) => verdictOf(item, values.get(item.oid) ?? null));
  if (verdicts.every((verdict) => verdict === 'verified')) return report(context, items, values);
  throw failure;
}

function report(
  context: SnmpContext,
  items: readonly SetItem[],
  values: ReadValues,
): OperationResult {
  const results = items.map((item) => {
    const got = values.get(item.oid) ?? null;
    return { item, got, verdict: verdictOf(item, got) };
  });
  context.values(
    results.flatMap(({ item, got }) =>
      got === null || isAbsent(got) ? [] : [parameterValue(item.oid, got)],
    ),
  );
  const differing = results.find(({ verdict }) => verdict === 'differs');
  if (differing !== undefined) {
    throw new ProtocolError(
      'permanent',
      'snmp.not_applied',
      'the device accepted the value but shows another one',
      {
        path: differing.item.oid,
        hint: 'The device may round, cut or ignore the value, or apply it later.',
      },
    );
  }
  return {
    output: { results: results.map(({ item, got, verdict }) => outcome(item, got, verdict)) },
    valueCount: items.length,
  };
}

const outcome = (
  item: SetItem,
  got: SetItem['old'],
  verdict: Verdict,
): { readonly [key: string]: JsonValue } => ({
  path: item.oid,
  outcome: verdict === 'unverifiable' ? 'applied' : verdict,
  want: shown(item.oid, item.want),
  got: got === null ? null : shown(item.oid, got),
  old: item.old === null ? null : shown(item.oid, item.old),
});

/** A refused SET had no effect, except where the device says that it could not undo. */
function refusal(status: number, oid: Oid | undefined): ProtocolError {
  const error = statusErrorOf(status, oid ?? null);
  if (ERROR_STATUS[status] !== 'commitFailed' && ERROR_STATUS[status] !== 'undoFailed')
    return error;
  return new ProtocolError(error.errorClass, error.code, error.message, {
    ...(error.hint === null ? {} : { hint: error.hint }),
    ...(error.native === null ? {} : { native: error.native }),
    ...(oid === undefined ? {} : { path: oid }),
    uncertain: true,
  });
}
