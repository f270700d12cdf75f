import { describe, expect, it } from '@jest/globals';
import type { ExecutionChangedEvent, JobProgressEvent } from '@drm/contracts';
import { NO_COUNTS } from '@drm/domain';
import { EMPTY_JOB_LIVE, parseJobEvent, reduceJobEvent, type JobEvent } from './job-events.ts';

const JOB = '0199a1b0-0000-7000-8000-000000000001';
const EXECUTION = '0199a1b0-0000-7000-8000-000000000002';

const progress = (
  counts: Partial<JobProgressEvent['counts']>,
  over: Partial<JobProgressEvent> = {},
): JobEvent => ({
  name: 'job.progress',
  data: {
    jobId: JOB,
    state: 'open',
    outcome: null,
    paused: false,
    cancelling: false,
    targetCount: 10,
    counts: { ...NO_COUNTS, ...counts },
    ...over,
  },
});
const change = (over: Partial<ExecutionChangedEvent>): JobEvent => ({
  name: 'execution.changed',
  data: {
    items: [
      {
        executionId: EXECUTION,
        deviceId: null,
        status: 'running',
        waitingReason: null,
        attempt: 1,
        errorCode: null,
        at: '2026-01-01T00:00:01.000Z',
        ...over,
      },
    ],
  },
});

describe('reduceJobEvent', () => {
  it('takes absolute counters', () => {
    const state = [progress({ queued: 10 }), progress({ queued: 4, succeeded: 6 })].reduce(
      reduceJobEvent,
      EMPTY_JOB_LIVE,
    );
    expect(state.progress?.counts.succeeded).toBe(6);
    expect(state.reloads).toBe(0);
  });

  it('drops counters that are older than the known ones', () => {
    const state = [progress({ queued: 4, succeeded: 6 }), progress({ queued: 10 })].reduce(
      reduceJobEvent,
      EMPTY_JOB_LIVE,
    );
    expect(state.progress?.counts.succeeded).toBe(6);
  });

  it('asks for a reload when counters leave a gap', () => {
    expect(reduceJobEvent(EMPTY_JOB_LIVE, progress({ queued: 9 })).reloads).toBe(1);
  });

  it('expects no full counters while targets are still being counted', () => {
    const event = progress({ queued: 3 }, { state: 'expanding' });
    expect(reduceJobEvent(EMPTY_JOB_LIVE, event).reloads).toBe(0);
  });

  it('applies a doubled change once', () => {
    const once = reduceJobEvent(EMPTY_JOB_LIVE, change({ status: 'failed' }));
    const twice = reduceJobEvent(once, change({ status: 'failed' }));
    expect([...twice.changes]).toEqual([...once.changes]);
  });

  it('keeps the newer change when an older one comes late', () => {
    const state = [
      change({ status: 'waiting', at: '2026-01-01T00:00:05.000Z' }),
      change({ status: 'running', at: '2026-01-01T00:00:01.000Z' }),
    ].reduce(reduceJobEvent, EMPTY_JOB_LIVE);
    expect(state.changes.get(EXECUTION)?.status).toBe('waiting');
  });

  it('never leaves a terminal status', () => {
    const state = [
      change({ status: 'succeeded' }),
      change({ status: 'running', at: '2026-01-01T00:00:09.000Z' }),
    ].reduce(reduceJobEvent, EMPTY_JOB_LIVE);
    expect(state.changes.get(EXECUTION)?.status).toBe('succeeded');
  });

  it('forgets changes and asks for a reload on reset, but keeps the counters on screen', () => {
    const state = [progress({ queued: 10 }), change({}), { name: 'reset' } as const].reduce(
      reduceJobEvent,
      EMPTY_JOB_LIVE,
    );
    expect(state.changes.size).toBe(0);
    expect(state.reloads).toBe(1);
    expect(state.progress?.counts.queued).toBe(10);
  });

  it('asks for a reload once when the job ends', () => {
    const end: JobEvent = {
      ...progress({ succeeded: 10 }, { state: 'ended', outcome: 'succeeded' }),
    };
    const state = [progress({ queued: 10 }), end, end].reduce(reduceJobEvent, EMPTY_JOB_LIVE);
    expect(state.reloads).toBe(1);
    expect(state.progress?.state).toBe('ended');
  });

  it('keeps a bounded number of changes', () => {
    const items = Array.from({ length: 2_500 }, (_, index) => ({
      executionId: `0199a1b0-0000-7000-8000-${String(index).padStart(12, '0')}`,
      deviceId: null,
      status: 'running' as const,
      waitingReason: null,
      attempt: 1,
      errorCode: null,
      at: '2026-01-01T00:00:01.000Z',
    }));
    const state = reduceJobEvent(EMPTY_JOB_LIVE, { name: 'execution.changed', data: { items } });
    expect(state.changes.size).toBe(2_000);
  });
});

describe('parseJobEvent', () => {
  it('passes over events it does not know and data it cannot read', () => {
    expect(parseJobEvent({ id: null, event: 'execution.log', data: '{}' })).toBeNull();
    expect(parseJobEvent({ id: null, event: 'job.progress', data: '{' })).toBeNull();
    expect(parseJobEvent({ id: null, event: 'job.progress', data: '{"state":1}' })).toBeNull();
    expect(parseJobEvent({ id: '1', event: 'reset', data: '{}' })).toEqual({
      name: 'reset',
      data: {},
    });
  });
});
