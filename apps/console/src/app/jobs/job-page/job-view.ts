import type { Execution, ExecutionChangedEvent, Job, JobProgressEvent } from '@drm/contracts';
import { endedCount, isTerminal } from '@drm/domain';

/** The job as fetched, with the newer of its own counters and the streamed ones. */
export function withProgress(job: Job, progress: JobProgressEvent | null): Job {
  if (progress === null || progress.jobId !== job.id) return job;
  if (endedCount(progress.counts) < endedCount(job.counts)) return job;
  if (job.state === 'ended' && progress.state !== 'ended') return job;
  const { state, outcome, paused, cancelling, targetCount, counts } = progress;
  return { ...job, state, outcome, paused, cancelling, targetCount, counts };
}

/** A row of the table with what the stream said since it was fetched. Result and error come with the next fetch. */
export function withChange(row: Execution, change: ExecutionChangedEvent | undefined): Execution {
  if (!change || isTerminal(row.status) || change.attempt < row.attempt) return row;
  if (change.status === row.status && change.waitingReason === row.waitingReason) return row;
  const { status, waitingReason, attempt } = change;
  const waiting = row.waiting?.code === waitingReason ? row.waiting : null;
  return { ...row, status, waitingReason, attempt, waiting };
}
