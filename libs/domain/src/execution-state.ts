import { TERMINAL_STATUSES, type ExecutionStatus } from '@drm/contracts';

const TERMINAL: ReadonlySet<string> = new Set(TERMINAL_STATUSES);

/** Which status may follow which (design: jobs, section 2). Terminal statuses are never left. */
const NEXT: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  queued: ['dispatched', 'waiting', 'running', 'cancelled', 'expired'],
  waiting: ['queued', 'running', 'cancelled', 'expired', 'failed'],
  dispatched: ['running', 'queued', 'waiting', 'cancelled', 'expired'],
  running: ['succeeded', 'failed', 'cancelled', 'waiting', 'queued'],
  succeeded: [],
  failed: [],
  cancelled: [],
  expired: [],
};

export const isTerminal = (status: ExecutionStatus): boolean => TERMINAL.has(status);

export const canBecome = (from: ExecutionStatus, to: ExecutionStatus): boolean =>
  NEXT[from].includes(to);
