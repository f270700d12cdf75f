import type { ExecutionError, OperationResult, ParameterValue } from '@drm/contracts';
import { packParameters } from '@drm/domain';
import { jsonText, type Finish } from '@drm/persistence';
import type { LiveExecution } from './held-execution.ts';
import type { Contact, Outcome } from './operation-executor.ts';
import { judge } from './retry-policy.ts';

/** Values of one result that are kept with the execution; the device's last-known values are kept in full. */
const RESULT_BYTES = 256 * 1024;
const NO_CONTACT: Contact = { reachability: null, endpoint: null };

const NOTHING: Outcome = {
  protocol: null,
  result: null,
  error: null,
  uncertain: false,
  contact: NO_CONTACT,
};

const stopped = (code: string, message: string, hint: string): ExecutionError => ({
  class: 'engine',
  code,
  message,
  hint,
  native: null,
  path: null,
});

/**
 * Turns the outcome of a run into the row's next state. Null: the lease is lost, nothing may be written.
 * @param atSeconds Unix seconds the values were read at
 */
export function decide(
  held: LiveExecution,
  outcome: Outcome | null,
  now: number,
  atSeconds: number,
  random: number,
): Finish | null {
  if (outcome?.error === null) return succeeded(held, outcome, atSeconds);
  switch (held.stopReason) {
    case 'lease_lost': {
      // Over: whatever is written would be stale. Not over: an exchange was longer than the lease that is left.
      if (now >= held.leaseUntil) return null;
      const error = {
        ...stopped(
          'lease_too_short',
          'The exchange with the device takes longer than the lease.',
          'Give the endpoint a shorter timeout or fewer retries, or the worker a longer lease.',
        ),
        class: 'transient' as const,
      };
      const uncertain = held.effectsBegun > 0;
      return retryOrFail(held, { ...NOTHING, error, uncertain }, now, random);
    }
    case 'cancelled':
      return { ...base(held, outcome), to: 'cancelled' };
    case 'shutdown':
      return {
        ...base(held, outcome),
        to: 'queued',
        giveBackAttempt: held.effectsBegun === 0,
        mode: held.effectsBegun > 0 ? 'verify' : held.claim.mode,
      };
    case 'deadline': {
      const error = stopped(
        'deadline_exceeded',
        'The operation did not end before its deadline.',
        'Give the job a longer deadline, or look at why the device answers slowly.',
      );
      return failed(base(held, outcome), error);
    }
    case null:
      return retryOrFail(held, outcome, now, random);
  }
}

function retryOrFail(
  held: LiveExecution,
  outcome: Outcome | null,
  now: number,
  random: number,
): Finish {
  const error =
    outcome?.error ??
    stopped('internal', 'The operation ended without a result.', 'Report the correlation id.');
  const { claim, job } = held;
  const verdict = judge({
    errorClass: error.class,
    uncertain: (outcome?.uncertain ?? false) && held.effectsBegun + held.effects.length > 0,
    attempt: claim.attempt,
    maxAttempts: claim.maxAttempts,
    onUncertain: job.onUncertain,
    leftMs: held.deadline - now,
    random,
  });
  const finish = base(held, outcome);
  if (verdict.kind === 'again') {
    return {
      ...finish,
      to: 'waiting',
      waitingReason: verdict.reason,
      runAfterMs: Math.ceil(verdict.afterMs),
      error: jsonText(error),
      errorCode: error.code,
      mode: verdict.mode,
    };
  }
  if (!verdict.asUncertain) return failed(finish, error);
  return failed(finish, {
    ...error,
    class: 'engine',
    code: 'effect_uncertain',
    hint: 'Read the device: the change may have reached it.',
    native: error.native ?? error.code,
  });
}

const failed = (finish: Finish, error: ExecutionError): Finish => ({
  ...finish,
  to: 'failed',
  error: jsonText(error),
  errorCode: error.code,
});

function succeeded(held: LiveExecution, outcome: Outcome, atSeconds: number): Finish {
  const result = outcome.result ?? {};
  const values = held.collected.length > 0 ? held.collected : (result.values ?? []);
  return {
    ...base(held, outcome),
    to: 'succeeded',
    result: jsonText(limited({ ...result, ...(values.length > 0 ? { values: [...values] } : {}) })),
    values:
      values.length > 0 && outcome.protocol !== null
        ? packParameters(values, outcome.protocol, atSeconds)
        : null,
    identity: result.identity ?? null,
  };
}

function base(held: LiveExecution, outcome: Outcome | null): Finish {
  const contact = outcome?.contact ?? NO_CONTACT;
  return {
    executionId: held.claim.executionId,
    jobId: held.claim.jobId,
    deviceId: held.claim.deviceId,
    fence: held.claim.fence,
    to: 'failed',
    waitingReason: null,
    runAfterMs: null,
    error: null,
    errorCode: null,
    result: null,
    mode: held.claim.mode,
    giveBackAttempt: false,
    values: null,
    identity: null,
    reachability: contact.reachability,
    endpoint: contact.endpoint,
  };
}

/** Keeps the first values that fit and says how many there were. */
function limited(result: OperationResult): OperationResult {
  const { values } = result;
  if (values === undefined) return result;
  let bytes = 0;
  const kept: ParameterValue[] = [];
  for (const value of values) {
    bytes += sizeOf(value);
    if (bytes > RESULT_BYTES) break;
    kept.push(value);
  }
  if (kept.length === values.length) return { ...result, valueCount: values.length };
  return { ...result, values: kept, truncated: true, valueCount: values.length };
}

const PUNCTUATION = 60;
const sizeOf = (value: ParameterValue): number =>
  PUNCTUATION +
  value.path.length +
  (typeof value.value === 'string' ? value.value.length : 8) +
  (value.raw?.length ?? 0);
