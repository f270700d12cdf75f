import type { JsonValue, OperationResult, ParameterValue } from '@drm/contracts';
import { parseOid, type Oid } from '../codec/oid.ts';
import { isAbsent, type VarBind } from '../codec/snmp-value.ts';
import { statusErrorOf } from '../failure-mapping.ts';
import { Walker } from '../session/walker.ts';
import { parameterValue } from '../values/parameter-value.ts';
import { isTimeout, type Exchanges, type SnmpContext } from './exchanges.ts';
import { oidOf } from './native-path.ts';

/** Values given to the platform at a time; the position is saved as often. */
const CHUNK = 500;

interface WalkRequest {
  readonly path: string;
  readonly limit: number;
}

/** Reads a subtree. A claimed-again walk goes on after the OID an earlier attempt saved. */
export async function executeWalk(
  exchanges: Exchanges,
  context: SnmpContext,
  monotonicMs: () => number,
  { path, limit }: WalkRequest,
): Promise<OperationResult> {
  const root = oidOf(path);
  const { settings, credentials } = context.endpoint;
  const saved = savedStep(context.step, root);
  const walker = new Walker({
    root,
    after: saved?.oid ?? null,
    done: saved?.done ?? 0,
    limit,
    nonIncreasing: settings.nonIncreasing,
    version: credentials.version,
    timeoutMs: settings.timeoutMs,
    retries: settings.retries,
    cap: settings.maxRepetitions,
    maxPduBytes: settings.maxPduBytes,
    mode: settings.bulk,
  });
  let chunk: ParameterValue[] = [];
  for (;;) {
    const step = walker.step();
    if (step.kind === 'ask') {
      const varbinds = await ask(exchanges, walker, monotonicMs, step);
      for (const { oid, value } of varbinds) chunk.push(parameterValue(oid, value));
      if (chunk.length >= CHUNK) {
        context.values(chunk);
        chunk = [];
        context.progress({ phase: 'walk', done: walker.position.done });
        await context.saveStep({ ...walker.position });
      }
      continue;
    }
    // What was read is kept whatever ended the walk.
    if (chunk.length > 0) context.values(chunk);
    if (step.kind === 'status') throw statusErrorOf(step.status, walker.position.oid);
    if (step.kind === 'timeout') throw new Error('a timeout is thrown where it happens');
    const { done } = walker.position;
    if (done === 0 && step.partial === null) return readInstance(exchanges, context, root);
    return {
      valueCount: done,
      ...(step.partial === null ? {} : { partial: { ...step.partial } }),
    };
  }
}

async function ask(
  exchanges: Exchanges,
  walker: Walker,
  monotonicMs: () => number,
  step: { readonly oid: Oid; readonly repetitions: number; readonly attempt: number },
): Promise<readonly VarBind[]> {
  const before = monotonicMs();
  try {
    const reply = await exchanges.follow(step.oid, step.repetitions, step.attempt);
    return walker.reply(step.repetitions, {
      errorStatus: reply.errorStatus,
      varbinds: reply.varbinds,
      bytes: sizeOf(reply.varbinds),
      elapsedMs: monotonicMs() - before,
    });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    walker.timeout(step.repetitions);
    if (walker.step().kind === 'timeout') throw error;
    return [];
  }
}

/** The OID of a scalar's instance has nothing below it: read it instead. */
async function readInstance(
  exchanges: Exchanges,
  context: SnmpContext,
  oid: Oid,
): Promise<OperationResult> {
  const reply = await exchanges.get([oid]);
  const found = reply.errorStatus === 0 ? reply.varbinds[0] : undefined;
  if (found === undefined || found.oid !== oid || isAbsent(found.value)) return { valueCount: 0 };
  context.values([parameterValue(oid, found.value)]);
  return { valueCount: 1 };
}

/** About what the varbinds took on the wire; good enough to choose max-repetitions by. */
function sizeOf(varbinds: readonly VarBind[]): number {
  let size = 0;
  for (const { oid, value } of varbinds) {
    size += 8 + oid.length / 2;
    if (value.type === 'octetString' || value.type === 'opaque') size += value.value.length;
    else size += 5;
  }
  return size;
}

function savedStep(step: JsonValue, root: Oid): { oid: Oid; done: number } | null {
  if (step === null || typeof step !== 'object' || !('oid' in step)) return null;
  const { oid, done } = step;
  const parsed = typeof oid === 'string' ? parseOid(oid) : null;
  if (parsed === null || typeof done !== 'number' || !parsed.startsWith(`${root}.`)) return null;
  return { oid: parsed, done };
}
