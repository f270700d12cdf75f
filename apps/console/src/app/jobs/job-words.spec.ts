import { describe, expect, it } from '@jest/globals';
import { NO_COUNTS } from '@drm/domain';
import { addSample, paceOf, percentDone, rateWords } from './job-pace.ts';
import { jobStateWords, planWords, waitingWords } from './job-words.ts';

describe('planWords', () => {
  it('names operation, number and tenant', () => {
    expect(planWords({ kind: 'get', paths: ['a', 'b'] }, { count: 77 }, 'Demo')).toBe(
      'Read 2 values on 77 devices in Demo',
    );
    expect(planWords({ kind: 'probe' }, { count: 1, deviceName: 'core-1' }, 'Demo')).toBe(
      'Probe identity on core-1 in Demo',
    );
  });
});

describe('waitingWords', () => {
  it('knows the reasons of the contract and shows others readably', () => {
    expect(waitingWords('device_offline')).toBe('the device is offline');
    expect(waitingWords('moon_phase')).toBe('moon phase');
  });
});

describe('jobStateWords', () => {
  it('prefers the outcome, then the flags', () => {
    const job = { state: 'open', outcome: null, paused: false, cancelling: false } as const;
    expect(jobStateWords(job)).toBe('Running');
    expect(jobStateWords({ ...job, cancelling: true })).toBe('Cancelling');
    expect(jobStateWords({ ...job, state: 'ended', outcome: 'partial' })).toBe('Partly succeeded');
  });
});

describe('pace', () => {
  it('is unknown before a second has passed, then rate and time left', () => {
    const one = addSample([], { at: 0, ended: 0 });
    expect(paceOf(one, 100)).toEqual({ perSecond: null, secondsLeft: null });
    const two = addSample(one, { at: 2_000, ended: 20 });
    expect(paceOf(two, 100)).toEqual({ perSecond: 10, secondsLeft: 8 });
    expect(paceOf(addSample(two, { at: 4_000, ended: 100 }), 100).secondsLeft).toBeNull();
  });

  it('forgets what is older than the window', () => {
    const samples = addSample(addSample([], { at: 0, ended: 0 }), { at: 40_000, ended: 10 });
    expect(samples).toEqual([{ at: 40_000, ended: 10 }]);
  });

  it('rounds percent down: 100 means all', () => {
    expect(percentDone({ ...NO_COUNTS, succeeded: 999, running: 1 }, 1_000)).toBe(99);
    expect(percentDone({ ...NO_COUNTS, succeeded: 999, failed: 1 }, 1_000)).toBe(100);
  });

  it('speaks in units people use', () => {
    expect([1_200, 2.5, 0.5].map(rateWords)).toEqual(['1,200/s', '2.5/s', '30.0/min']);
  });
});
