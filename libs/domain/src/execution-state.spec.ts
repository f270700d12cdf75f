import { describe, expect, it } from '@jest/globals';
import { EXECUTION_STATUSES, TERMINAL_STATUSES } from '@drm/contracts';
import { canBecome, isTerminal } from './execution-state.ts';
import { jobOutcome, ledgerGap, NO_COUNTS } from './job-counts.ts';

describe('execution states', () => {
  it.each(TERMINAL_STATUSES)('%s is never left', (status) => {
    expect(EXECUTION_STATUSES.filter((next) => canBecome(status, next))).toEqual([]);
    expect(isTerminal(status)).toBe(true);
  });

  it('runs only what was dispatched, queued or waiting', () => {
    expect(EXECUTION_STATUSES.filter((from) => canBecome(from, 'running'))).toEqual([
      'queued',
      'waiting',
      'dispatched',
    ]);
  });

  it('succeeds only from running', () => {
    expect(EXECUTION_STATUSES.filter((from) => canBecome(from, 'succeeded'))).toEqual(['running']);
  });
});

describe('jobs', () => {
  it('counts a gap when an execution is neither open nor ended', () => {
    expect(ledgerGap(3, { ...NO_COUNTS, succeeded: 1, running: 1 })).toBe(1);
    expect(ledgerGap(2, { ...NO_COUNTS, succeeded: 1, running: 1 })).toBe(0);
  });

  it('derives the outcome from the counters', () => {
    expect(jobOutcome({ ...NO_COUNTS, succeeded: 2 })).toBe('succeeded');
    expect(jobOutcome({ ...NO_COUNTS, succeeded: 2, failed: 1 })).toBe('partial');
    expect(jobOutcome({ ...NO_COUNTS, failed: 1, cancelled: 1 })).toBe('failed');
    expect(jobOutcome({ ...NO_COUNTS, cancelled: 1 })).toBe('cancelled');
    expect(jobOutcome({ ...NO_COUNTS, expired: 1 })).toBe('expired');
  });
});
