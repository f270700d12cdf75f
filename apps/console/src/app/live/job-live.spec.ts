import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Job } from '@drm/contracts';
import { NO_COUNTS } from '@drm/domain';
import { JobLive, RENDER_MS } from './job-live.ts';

const job = (over: Partial<Job>): Job =>
  ({
    id: '0199a1b0-0000-7000-8000-000000000001',
    state: 'open',
    outcome: null,
    paused: false,
    cancelling: false,
    targetCount: 2,
    counts: { ...NO_COUNTS, queued: 2 },
    ...over,
  }) as Job;

const polling = (loadJob: () => Promise<Job>) =>
  new JobLive({
    url: '/x',
    token: () => 't',
    refresh: () => Promise.resolve(true),
    enabled: false,
    loadJob,
  });

describe('JobLive', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('renders at most every quarter of a second', async () => {
    const live = polling(() => Promise.resolve(job({})));
    await jest.advanceTimersByTimeAsync(RENDER_MS - 1);
    expect(live.state().progress).toBeNull();
    await jest.advanceTimersByTimeAsync(1);
    expect(live.state().progress?.counts.queued).toBe(2);
    live.close();
  });

  it('polls with the reducer of the stream and stops when the job has ended', async () => {
    const answers = [
      job({}),
      job({ state: 'ended', outcome: 'succeeded', counts: { ...NO_COUNTS, succeeded: 2 } }),
    ];
    const loadJob = jest.fn(() => Promise.resolve(answers.shift() ?? job({})));
    const live = polling(loadJob);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(loadJob).toHaveBeenCalledTimes(2);
    expect(live.state().progress?.outcome).toBe('succeeded');
    expect(live.connection()).toBe('closed');
  });
});
