import type { ErrorClass } from '@drm/contracts';

const BASE_MS = 5000;
const CAP_MS = 15 * 60_000;
const LEAST_MS = 250;
const VERIFY_AGAIN_MS = 60_000;

/** Tries to find out about an uncertain effect, beyond the attempts of the job. */
const EXTRA_VERIFIES = 3;

/**
 * Full jitter: a random delay below 5 s × 2^(attempt − 1), at most 15 min. Never below 250 ms: no hot loop.
 * @param attempt the start that failed, from 1
 * @param random 0 ≤ random < 1
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.max(0, attempt - 1));
  return Math.max(LEAST_MS, Math.floor(ceiling * random));
}

export interface Failure {
  readonly errorClass: ErrorClass;
  /** An effect was begun and may have happened. */
  readonly uncertain: boolean;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly onUncertain: 'ask' | 'rerun' | 'fail';
  /** Time left until the execution's deadline. */
  readonly leftMs: number;
  readonly random: number;
}

export type Verdict =
  | { readonly kind: 'fail'; readonly asUncertain: boolean }
  | {
      readonly kind: 'again';
      readonly reason: 'backoff' | 'device_offline' | 'effect_uncertain';
      readonly afterMs: number;
      readonly mode: 'run' | 'verify';
    };

/** What becomes of an execution that failed (design: jobs, sections 9 and 10). */
export function judge(failure: Failure): Verdict {
  const { errorClass, uncertain, attempt, maxAttempts } = failure;
  const retryable = errorClass === 'transient' || errorClass === 'unreachable';
  if (retryable && attempt < maxAttempts) {
    const afterMs = backoffMs(attempt, failure.random);
    if (afterMs < failure.leftMs) {
      return {
        kind: 'again',
        reason: errorClass === 'unreachable' ? 'device_offline' : 'backoff',
        afterMs,
        mode: uncertain && failure.onUncertain !== 'rerun' ? 'verify' : 'run',
      };
    }
  }
  if (!uncertain) return { kind: 'fail', asUncertain: false };
  const asks = failure.onUncertain === 'ask' && attempt < maxAttempts + EXTRA_VERIFIES;
  if (asks && failure.leftMs > VERIFY_AGAIN_MS) {
    return { kind: 'again', reason: 'effect_uncertain', afterMs: VERIFY_AGAIN_MS, mode: 'verify' };
  }
  return { kind: 'fail', asUncertain: true };
}
