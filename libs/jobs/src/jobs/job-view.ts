import type {
  Execution,
  Job,
  JobCounts,
  JobProgressEvent,
  LedgerRow,
  Waiting,
} from '@drm/contracts';
import { jobOutcome, ledgerGap, NO_COUNTS } from '@drm/domain';
import type { ExecutionRecord, JobRecord } from '@drm/persistence';

/** What the outside sees of a job. */
export function toJob(record: JobRecord, counted: Partial<JobCounts> = {}): Job {
  const counts = { ...NO_COUNTS, ...counted };
  return {
    id: record.id,
    name: record.name,
    operation: record.spec,
    protocol: record.protocol,
    state: record.state,
    outcome: record.state === 'ended' ? jobOutcome(counts) : null,
    paused: record.paused,
    pausedReason: record.pausedReason,
    cancelling: record.cancelling,
    priority: record.priority,
    targetCount: record.targetCount,
    counts,
    requestedBy: record.requestedBy,
    correlationId: record.correlationId,
    retryOf: record.retryOf,
    createdAt: record.createdAt,
    endedAt: record.endedAt,
    expiresAt: record.expiresAt,
  };
}

export function toProgress(record: JobRecord, counted: Partial<JobCounts> = {}): JobProgressEvent {
  const job = toJob(record, counted);
  return {
    jobId: job.id,
    state: job.state,
    outcome: job.outcome,
    paused: job.paused,
    cancelling: job.cancelling,
    targetCount: job.targetCount,
    counts: job.counts,
  };
}

/** While a job expands its gap is what has not been expanded yet; it counts once the job is open. */
export function toLedgerRow(record: JobRecord, counted: Partial<JobCounts> = {}): LedgerRow {
  const counts = { ...NO_COUNTS, ...counted };
  const gap = record.state === 'expanding' ? 0 : ledgerGap(record.targetCount, counts);
  return { jobId: record.id, targetCount: record.targetCount, counts, gap };
}

/** What a tenant has under way, and how much it may have. */
export interface Inflight {
  readonly inflight: number;
  readonly max: number;
}

/**
 * What the outside sees of an execution.
 * @param tenant tells what a queued execution waits for
 */
export function toExecution(record: ExecutionRecord, tenant: Inflight): Execution {
  return {
    id: record.id,
    jobId: record.jobId,
    deviceId: record.deviceId,
    deviceName: record.deviceName,
    status: record.status,
    waitingReason: record.waitingReason,
    waiting: toWaiting(record, tenant),
    attempt: record.attempt,
    maxAttempts: record.maxAttempts,
    error: record.error,
    result: record.result,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
  };
}

function toWaiting(record: ExecutionRecord, { inflight, max }: Inflight): Waiting | null {
  if (record.status === 'queued') {
    const isLimited = inflight >= max;
    return {
      code: isLimited ? 'tenant_limit' : 'pool_busy',
      since: record.createdAt,
      until: null,
      blockedBy: null,
      params: isLimited ? { inFlight: inflight, max } : {},
    };
  }
  if (record.waitingReason === null) return null;
  return {
    code: record.waitingReason,
    since: record.waitingSince ?? record.createdAt,
    until: record.runAfter,
    blockedBy: record.waitingOn,
    params:
      record.error === null
        ? {}
        : {
            try: record.attempt,
            of: record.maxAttempts,
            lastError: record.error.code,
          },
  };
}
