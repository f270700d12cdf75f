import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, judge, type Failure } from './retry-policy.ts';

const aFailure: Failure = {
  errorClass: 'transient',
  uncertain: false,
  attempt: 1,
  maxAttempts: 3,
  onUncertain: 'ask',
  leftMs: 600_000,
  random: 0.5,
};

describe('backoffMs', () => {
  it('stays between 250 ms and 15 min, and below its ceiling', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const ms = backoffMs(attempt, random);
          const ceiling = Math.min(15 * 60_000, 5000 * 2 ** (attempt - 1));
          return ms >= 250 && ms <= Math.max(250, ceiling);
        },
      ),
    );
  });
});

describe('judge', () => {
  it('tries a transient failure again, later each time', () => {
    expect(judge(aFailure)).toEqual({
      kind: 'again',
      reason: 'backoff',
      afterMs: 2500,
      mode: 'run',
    });
    expect(judge({ ...aFailure, attempt: 2 })).toMatchObject({ afterMs: 5000 });
  });

  it('says that a silent device is offline', () => {
    expect(judge({ ...aFailure, errorClass: 'unreachable' })).toMatchObject({
      reason: 'device_offline',
    });
  });

  it.each(['permanent', 'auth', 'precondition', 'engine', 'internal'] as const)(
    'does not repeat a failure of class %s',
    (errorClass) => {
      expect(judge({ ...aFailure, errorClass })).toEqual({ kind: 'fail', asUncertain: false });
    },
  );

  it('fails after the last attempt and when the deadline is nearer than the back-off', () => {
    expect(judge({ ...aFailure, attempt: 3 })).toEqual({ kind: 'fail', asUncertain: false });
    expect(judge({ ...aFailure, leftMs: 1000 })).toEqual({ kind: 'fail', asUncertain: false });
  });

  it('looks at the device before it repeats an effect that may have happened', () => {
    expect(judge({ ...aFailure, uncertain: true })).toMatchObject({
      kind: 'again',
      mode: 'verify',
    });
    expect(judge({ ...aFailure, uncertain: true, onUncertain: 'rerun' })).toMatchObject({
      mode: 'run',
    });
  });

  it('goes on asking about an uncertain effect for a while, then fails as uncertain', () => {
    const last = { ...aFailure, uncertain: true, attempt: 3 };
    expect(judge(last)).toMatchObject({
      kind: 'again',
      reason: 'effect_uncertain',
      mode: 'verify',
    });
    expect(judge({ ...last, attempt: 6 })).toEqual({ kind: 'fail', asUncertain: true });
    expect(judge({ ...last, onUncertain: 'fail' })).toEqual({ kind: 'fail', asUncertain: true });
  });
});
