import * as z from 'zod';
import { DeviceFilter, ProtocolId } from './devices.ts';
import { DeviceOperation, OPERATION_KINDS, OperationResult } from './operations.ts';
import { pageOf, pageQuery } from './paging.ts';
import { Id, Json, Timestamp } from './primitives.ts';

export const EXECUTION_STATUSES = [
  'queued',
  'waiting',
  'dispatched',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
] as const;
export const ExecutionStatus = z.enum(EXECUTION_STATUSES);
export type ExecutionStatus = z.infer<typeof ExecutionStatus>;

export const TERMINAL_STATUSES = ['succeeded', 'failed', 'cancelled', 'expired'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

/** Why an execution waits. The last two are computed for queued rows and never stored. */
export const WAITING_REASONS = [
  'device_busy',
  'device_offline',
  'next_contact',
  'device_working',
  'effect_uncertain',
  'backoff',
  'scheduled',
  'window_closed',
  'approval_pending',
  'wave_pending',
  'job_paused',
  'circuit_open',
  'dependency',
  'rate_limited',
  'tenant_suspended',
  'engine_paused',
  'no_capable_runner',
  'tenant_limit',
  'pool_busy',
] as const;
export const WaitingReason = z.enum(WAITING_REASONS);
export type WaitingReason = z.infer<typeof WaitingReason>;

export const ERROR_CLASSES = [
  'transient',
  'unreachable',
  'permanent',
  'auth',
  'precondition',
  'engine',
  'internal',
] as const;
export const ErrorClass = z.enum(ERROR_CLASSES);
export type ErrorClass = z.infer<typeof ErrorClass>;

/** Why an execution failed: `class` is the engine's, `code` is what the console groups by, `hint` says what to do. */
export const ExecutionError = z
  .object({
    class: ErrorClass,
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    native: z
      .string()
      .nullable()
      .meta({ description: "the device's or the standard's own name of the error" }),
    path: z.string().nullable(),
  })
  .meta({ id: 'ExecutionError' });
export type ExecutionError = z.infer<typeof ExecutionError>;

export const JOB_STATES = ['expanding', 'open', 'ended'] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** Derived from the counters when a job has ended, else null. */
export const JOB_OUTCOMES = ['succeeded', 'partial', 'failed', 'cancelled', 'expired'] as const;
export const JobOutcome = z.enum(JOB_OUTCOMES);
export type JobOutcome = z.infer<typeof JobOutcome>;

export const JobCounts = z
  .object({
    queued: z.number().int(),
    waiting: z.number().int(),
    dispatched: z.number().int(),
    running: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
    expired: z.number().int(),
  })
  .meta({ id: 'JobCounts' });
export type JobCounts = z.infer<typeof JobCounts>;

/** A filter is frozen when the job is made: devices that match later do not join, those that cease to match stay. */
export const JobTargets = z
  .union([
    z.strictObject({ deviceIds: z.array(Id).min(1).max(10_000) }),
    z.strictObject({ filter: DeviceFilter, except: z.array(Id).max(10_000).optional() }),
  ])
  .meta({ id: 'JobTargets' });
export type JobTargets = z.output<typeof JobTargets>;

/** 0: a person waits; 5: normal; 9: bulk. */
export const PRIORITIES = { interactive: 0, normal: 5, bulk: 9 } as const;

export const CreateJob = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    operation: DeviceOperation,
    targets: JobTargets,
    protocol: ProtocolId.optional().meta({
      description: 'which endpoint to use; the first capable one when absent',
    }),
    priority: z.enum(['interactive', 'normal', 'bulk']).optional(),
    maxAttempts: z.number().int().min(1).max(10).optional(),
    deadlineSeconds: z
      .number()
      .int()
      .min(5)
      .max(86_400)
      .optional()
      .meta({ description: 'longest time of one execution from its first start; default 600' }),
    expiresInSeconds: z
      .number()
      .int()
      .min(10)
      .max(30 * 86_400)
      .optional()
      .meta({ description: 'executions not begun by then expire; default 86400' }),
    onUncertain: z.enum(['ask', 'rerun', 'fail']).optional(),
  })
  .meta({ id: 'CreateJob' });
export type CreateJob = z.output<typeof CreateJob>;

export const Job = z
  .object({
    id: Id,
    name: z.string(),
    operation: DeviceOperation,
    protocol: z.string().nullable(),
    state: JobState,
    outcome: JobOutcome.nullable(),
    paused: z.boolean(),
    pausedReason: z.string().nullable(),
    cancelling: z.boolean(),
    priority: z.number().int(),
    targetCount: z.number().int(),
    counts: JobCounts,
    requestedBy: z.object({
      kind: z.enum(['user', 'api_key', 'system']),
      id: Id.nullable(),
      name: z.string(),
    }),
    correlationId: z.string(),
    retryOf: Id.nullable(),
    createdAt: Timestamp,
    endedAt: Timestamp.nullable(),
    expiresAt: Timestamp,
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const JobQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(['active', 'ended']).optional(),
  kind: z.enum(OPERATION_KINDS).optional(),
  deviceId: Id.optional(),
});
export type JobQuery = z.output<typeof JobQuery>;
export const JobPage = pageOf(Job, 'JobPage');

export const Waiting = z
  .object({
    code: WaitingReason,
    since: Timestamp,
    until: Timestamp.nullable(),
    blockedBy: Id.nullable(),
    params: z.record(z.string(), Json),
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;

export const Execution = z
  .object({
    id: Id,
    jobId: Id,
    deviceId: Id.nullable(),
    deviceName: z.string().nullable(),
    status: ExecutionStatus,
    waitingReason: WaitingReason.nullable(),
    waiting: Waiting.nullable(),
    attempt: z.number().int(),
    maxAttempts: z.number().int(),
    error: ExecutionError.nullable(),
    result: OperationResult.nullable(),
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Execution' });
export type Execution = z.infer<typeof Execution>;

export const ExecutionQuery = z.strictObject({
  ...pageQuery,
  status: ExecutionStatus.optional(),
  errorCode: z.string().max(80).optional(),
});
export type ExecutionQuery = z.output<typeof ExecutionQuery>;
export const ExecutionPage = pageOf(Execution, 'ExecutionPage');

/** A device's own executions over all jobs, newest first. */
export const DeviceExecution = Execution.extend({ operation: DeviceOperation }).meta({
  id: 'DeviceExecution',
});
export type DeviceExecution = z.infer<typeof DeviceExecution>;
export const DeviceExecutionQuery = z.strictObject(pageQuery);
export type DeviceExecutionQuery = z.output<typeof DeviceExecutionQuery>;
export const DeviceExecutionPage = pageOf(DeviceExecution, 'DeviceExecutionPage');

export const TimelineEvent = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    kind: z.string(),
    data: z.record(z.string(), Json),
  })
  .meta({ id: 'TimelineEvent' });
export type TimelineEvent = z.infer<typeof TimelineEvent>;
export const TimelinePage = pageOf(TimelineEvent, 'TimelinePage');

/** Failures of a job grouped by cause, largest first. */
export const FailureGroup = z
  .object({
    class: ErrorClass,
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    count: z.number().int(),
    sampleDeviceIds: z.array(Id),
  })
  .meta({ id: 'FailureGroup' });
export type FailureGroup = z.infer<typeof FailureGroup>;
export const FailureGroupPage = pageOf(FailureGroup, 'FailureGroupPage');

/** The Idempotency-Key header: printable ASCII. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** created = succeeded + failed + cancelled + expired + open; `gap` must be 0. */
export const LedgerRow = z
  .object({ jobId: Id, targetCount: z.number().int(), counts: JobCounts, gap: z.number().int() })
  .meta({ id: 'LedgerRow' });
export type LedgerRow = z.infer<typeof LedgerRow>;
export const LedgerPage = pageOf(LedgerRow, 'LedgerPage');
