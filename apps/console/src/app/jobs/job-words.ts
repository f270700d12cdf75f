import {
  WAITING_REASONS,
  type DeviceOperation,
  type ExecutionStatus,
  type Job,
  type JobOutcome,
  type OperationKind,
  type WaitingReason,
} from '@drm/contracts';
import type { IconName } from '../ui/icon-paths.ts';
import type { Tone } from '../ui/status-chip.ts';

export const STATUS_WORDS: Readonly<Record<ExecutionStatus, string>> = {
  queued: 'Queued',
  waiting: 'Waiting',
  dispatched: 'Sent',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

export const OUTCOME_WORDS: Readonly<Record<JobOutcome, string>> = {
  succeeded: 'Succeeded',
  partial: 'Partly succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

export const KIND_WORDS: Readonly<Record<OperationKind, string>> = {
  get: 'Read values',
  set: 'Set values',
  list: 'List names',
  walk: 'Walk a subtree',
  probe: 'Probe identity',
  add: 'Add an object',
  delete: 'Delete an object',
  invoke: 'Run a command',
};

const REASONS: Readonly<Record<WaitingReason, string>> = {
  device_busy: 'another operation runs on this device',
  device_offline: 'the device is offline',
  next_contact: 'the device has to call first',
  device_working: 'the device is still at work',
  effect_uncertain: 'nobody knows whether the last attempt took effect; decide what to do',
  backoff: 'the last attempt failed; it is tried again',
  scheduled: 'it is planned for later',
  window_closed: 'the maintenance window is closed',
  approval_pending: 'somebody has to approve it',
  wave_pending: 'an earlier wave has to end first',
  job_paused: 'the job is paused',
  circuit_open: 'too many devices failed; the job stopped itself',
  dependency: 'another job has to end first',
  rate_limited: 'the rate limit is reached',
  tenant_suspended: 'the tenant is suspended',
  engine_paused: 'the engine is paused',
  no_capable_runner: 'no worker can speak this protocol',
  tenant_limit: 'the limit of running operations is reached',
  pool_busy: 'all workers are busy',
};

/** The reason in words; a reason of a newer server is shown as it is. */
export const waitingWords = (reason: string): string =>
  (WAITING_REASONS as readonly string[]).includes(reason)
    ? REASONS[reason as WaitingReason]
    : reason.replaceAll('_', ' ');

const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What an operation does, short: "Read 2 values". */
export function operationWords(operation: DeviceOperation): string {
  switch (operation.kind) {
    case 'get':
      return `Read ${count(operation.paths.length, 'value', 'values')}`;
    case 'set':
      return `Set ${count(operation.values.length, 'value', 'values')}`;
    case 'list':
      return `List ${operation.path}`;
    case 'walk':
      return `Walk ${operation.path}`;
    case 'probe':
      return 'Probe identity';
    case 'add':
      return `Add an object to ${operation.path}`;
    case 'delete':
      return `Delete ${operation.path}`;
    case 'invoke':
      return `Run ${operation.command}`;
  }
}

/** What is about to happen, with its blast radius: "Read 2 values on 77 devices in Demo". */
export const planWords = (
  operation: DeviceOperation,
  targets: { readonly count: number; readonly deviceName?: string | undefined },
  tenant: string,
): string =>
  `${operationWords(operation)} on ${
    targets.count === 1 && targets.deviceName
      ? targets.deviceName
      : count(targets.count, 'device', 'devices')
  } in ${tenant}`;

/** Kinds that change something on the device. */
export const isChanging = (kind: OperationKind): boolean =>
  kind === 'set' || kind === 'add' || kind === 'delete' || kind === 'invoke';

/** The state of a job in one word or two. */
export function jobStateWords(
  job: Pick<Job, 'state' | 'outcome' | 'paused' | 'cancelling'>,
): string {
  if (job.state === 'ended') return job.outcome ? OUTCOME_WORDS[job.outcome] : 'Ended';
  if (job.cancelling) return 'Cancelling';
  if (job.paused) return 'Paused';
  return job.state === 'expanding' ? 'Collecting targets' : 'Running';
}

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
}

const STATUS_LOOKS: Readonly<Record<ExecutionStatus, Look>> = {
  queued: { tone: 'idle', icon: 'clock' },
  waiting: { tone: 'warn', icon: 'pause' },
  dispatched: { tone: 'info', icon: 'next' },
  running: { tone: 'info', icon: 'play' },
  succeeded: { tone: 'ok', icon: 'ok' },
  failed: { tone: 'bad', icon: 'error' },
  cancelled: { tone: 'idle', icon: 'stop' },
  expired: { tone: 'bad', icon: 'clock' },
};

export const statusLook = (status: ExecutionStatus): Look => STATUS_LOOKS[status];

export function jobLook(job: Pick<Job, 'state' | 'outcome' | 'paused' | 'cancelling'>): Look {
  if (job.state !== 'ended') {
    return job.paused ? { tone: 'warn', icon: 'pause' } : { tone: 'info', icon: 'play' };
  }
  if (job.outcome === 'partial') return { tone: 'warn', icon: 'warning' };
  return STATUS_LOOKS[job.outcome ?? 'cancelled'];
}
