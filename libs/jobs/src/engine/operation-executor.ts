import type {
  DeviceOperation,
  ExecutionError,
  JsonValue,
  OperationResult,
  ParameterValue,
} from '@drm/contracts';
import type { Actor } from '@drm/domain';
import type { ClaimedExecution, EffectRecord, Progress, TenantTx } from '@drm/persistence';

/** Why an execution has to stop. `signal.reason` is one of these. */
export type StopReason = 'cancelled' | 'deadline' | 'lease_lost' | 'shutdown';

/** The job of an execution as its runner knows it. */
export interface ExecutionJob {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly operation: DeviceOperation;
  readonly protocol: string | null;
  readonly onUncertain: 'ask' | 'rerun' | 'fail';
  readonly deadlineMs: number;
  readonly correlationId: string;
  readonly requestedBy: Actor;
}

/** One execution while this process holds it. */
export interface HeldExecution {
  readonly claim: ClaimedExecution;
  readonly job: ExecutionJob;
  /** Effects of earlier attempts, oldest first. */
  readonly effects: readonly EffectRecord[];
  readonly signal: AbortSignal;
  /** Why an exchange of `ms` may not begin now, or null: it can end before lease and deadline do. */
  refusal(ms: number): StopReason | null;
  /** Slow device: at most 180 s, fenced. False when the execution is no longer ours. */
  lengthenLease(ms: number): Promise<boolean>;
  /** Committed before it resolves; null when the execution is no longer ours. */
  beginEffect(kind: string, evidence: JsonValue): Promise<number | null>;
  saveStep(step: JsonValue): Promise<boolean>;
  values(batch: readonly ParameterValue[]): void;
  /** Shown on the timeline of executions that take a second or more, the latest at most twice a second. */
  progress(progress: Progress): void;
}

/** What a contact with the device taught; null where it is already known or not worth a write. */
export interface Contact {
  readonly reachability: 'reachable' | 'unreachable' | null;
  readonly endpoint: { readonly id: string; readonly errorCode: string | null } | null;
}

export interface Outcome {
  readonly protocol: string | null;
  readonly result: OperationResult | null;
  /** Null: the operation succeeded. */
  readonly error: ExecutionError | null;
  /** The effect may have happened although the operation failed. */
  readonly uncertain: boolean;
  readonly contact: Contact;
}

/**
 * Runs operations on devices. The engine knows executions, leases and retries; this port knows devices, endpoints and
 * protocols. `execute` never throws for what a device does.
 */
export interface OperationExecutor<Target = unknown> {
  /** Names of the protocols it can speak. */
  readonly protocols: readonly string[];
  /** Loads what `execute` needs of a batch of devices, in the transaction of the claim: one query, no other work. */
  load(tx: TenantTx, deviceIds: readonly string[]): Promise<ReadonlyMap<string, Target>>;
  execute(execution: HeldExecution, target: Target | undefined): Promise<Outcome>;
}
