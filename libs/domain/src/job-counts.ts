// Types only from the contracts: the console's first page counts jobs and must not load the schemas for it.
import type { JobCounts, JobOutcome } from '@drm/contracts';

export const NO_COUNTS: JobCounts = {
  queued: 0,
  waiting: 0,
  dispatched: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  expired: 0,
};

export const openCount = (counts: JobCounts): number =>
  counts.queued + counts.waiting + counts.dispatched + counts.running;

export const endedCount = (counts: JobCounts): number =>
  counts.succeeded + counts.failed + counts.cancelled + counts.expired;

/** created minus ended minus open: anything but 0 is a defect of the engine. */
export const ledgerGap = (targetCount: number, counts: JobCounts): number =>
  targetCount - endedCount(counts) - openCount(counts);

/** What became of a job whose executions have all ended. */
export function jobOutcome(counts: JobCounts): JobOutcome {
  if (counts.failed === 0 && counts.expired === 0 && counts.cancelled === 0) return 'succeeded';
  if (counts.succeeded > 0) return 'partial';
  if (counts.failed > 0) return 'failed';
  return counts.cancelled > 0 ? 'cancelled' : 'expired';
}
