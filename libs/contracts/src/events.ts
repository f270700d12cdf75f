import * as z from 'zod';
import { ExecutionStatus, JobCounts, JobOutcome, JobState, WaitingReason } from './jobs.ts';
import { Id, Timestamp } from './primitives.ts';

/** Counters of a job: the first message of every stream, then at most two a second. */
export const JobProgressEvent = z.object({
  jobId: Id,
  state: JobState,
  outcome: JobOutcome.nullable(),
  paused: z.boolean(),
  cancelling: z.boolean(),
  targetCount: z.number().int(),
  counts: JobCounts,
});
export type JobProgressEvent = z.infer<typeof JobProgressEvent>;

export const ExecutionChangedEvent = z.object({
  executionId: Id,
  deviceId: Id.nullable(),
  status: ExecutionStatus,
  waitingReason: WaitingReason.nullable(),
  attempt: z.number().int(),
  errorCode: z.string().nullable(),
  at: Timestamp,
});
export type ExecutionChangedEvent = z.infer<typeof ExecutionChangedEvent>;

/**
 * Events of `GET /api/v1/jobs/events/{jobId}`, by their SSE `event:` name.
 * The SSE `id:` is opaque; send it back as `Last-Event-ID` to go on from there.
 * `reset` means: fetch the job again, the stream cannot be continued from that id.
 */
export const JOB_EVENTS = {
  'job.progress': JobProgressEvent,
  'execution.changed': z.object({ items: z.array(ExecutionChangedEvent) }),
  'job.ended': JobProgressEvent,
  reset: z.object({}),
  'session.expiring': z.object({}),
} as const;
export type JobEventName = keyof typeof JOB_EVENTS;
