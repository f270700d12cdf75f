import { describe, expect, it } from '@jest/globals';
import type { Execution, Job, JobProgressEvent } from '@drm/contracts';
import { NO_COUNTS } from '@drm/domain';
import { withChange, withProgress } from './job-view.ts';

const job = { id: 'j', state: 'open', counts: { ...NO_COUNTS, succeeded: 5 } } as Job;
const progress = (succeeded: number, jobId = 'j') =>
  ({ jobId, state: 'open', counts: { ...NO_COUNTS, succeeded } }) as JobProgressEvent;
const row = { id: 'e', status: 'running', waitingReason: null, attempt: 2 } as Execution;
const change = (over: object) =>
  ({ executionId: 'e', status: 'failed', waitingReason: null, attempt: 2, ...over }) as never;

describe('withProgress', () => {
  it('takes the newer counters', () => {
    expect(withProgress(job, progress(7)).counts.succeeded).toBe(7);
    expect(withProgress(job, progress(3)).counts.succeeded).toBe(5);
  });
  it('keeps an ended job ended and takes nothing from another job', () => {
    expect(withProgress({ ...job, state: 'ended' }, progress(9)).state).toBe('ended');
    expect(withProgress(job, progress(9, 'other'))).toBe(job);
  });
});

describe('withChange', () => {
  it('applies a newer status', () => {
    expect(withChange(row, change({})).status).toBe('failed');
  });
  it('does not go back to an earlier attempt or leave an end', () => {
    expect(withChange(row, change({ attempt: 1 }))).toBe(row);
    const ended = { ...row, status: 'succeeded' } as Execution;
    expect(withChange(ended, change({ status: 'running' }))).toBe(ended);
    expect(withChange(row, undefined)).toBe(row);
  });
});
