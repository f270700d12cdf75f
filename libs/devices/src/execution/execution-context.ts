import type { JsonValue, ParameterValue } from '@drm/contracts';
import type { HeldExecution } from '@drm/jobs';
import {
  ExecutionAborted,
  type EffectHandle,
  type EffectKind,
  type ExecutionContext,
  type ProtocolEndpoint,
  type ProtocolLogger,
  type RecordedEffect,
} from '@drm/protocol-core';

/**
 * Key a device may echo: the execution in base64url, a dot, the fence in base36. At most 32 characters (the limit of a
 * CWMP CommandKey) while the fence is below 36^9.
 */
export function commandKeyOf(executionId: string, fence: string): string {
  const octets = Buffer.from(executionId.replaceAll('-', ''), 'hex');
  return `${octets.toString('base64url')}.${BigInt(fence).toString(36)}`;
}

/** Puts the ids of the execution on every line. */
class ExecutionLog implements ProtocolLogger {
  constructor(
    private readonly to: ProtocolLogger,
    private readonly held: HeldExecution,
  ) {}

  debug(fields: object, message: string): void {
    this.to.debug(this.with(fields), message);
  }
  info(fields: object, message: string): void {
    this.to.info(this.with(fields), message);
  }
  warn(fields: object, message: string): void {
    this.to.warn(this.with(fields), message);
  }
  error(fields: object, message: string): void {
    this.to.error(this.with(fields), message);
  }

  private with(fields: object): object {
    const { claim, job } = this.held;
    return {
      correlation_id: job.correlationId,
      tenant_id: job.tenantId,
      job_id: job.id,
      execution_id: claim.executionId,
      device_id: claim.deviceId,
      ...fields,
    };
  }
}

/** What the protocol sees of a held execution. */
export class ProtocolContext implements ExecutionContext {
  readonly log: ProtocolLogger;

  constructor(
    private readonly held: HeldExecution,
    readonly endpoint: ProtocolEndpoint<unknown, unknown>,
    log: ProtocolLogger,
  ) {
    this.log = new ExecutionLog(log, held);
  }

  get mode(): 'run' | 'verify' {
    return this.held.claim.mode;
  }
  get attempt(): number {
    return this.held.claim.attempt;
  }
  get commandKey(): string {
    return commandKeyOf(this.held.claim.executionId, this.held.claim.fence);
  }
  get signal(): AbortSignal {
    return this.held.signal;
  }
  get effects(): readonly RecordedEffect[] {
    return this.held.effects as readonly RecordedEffect[];
  }
  get step(): JsonValue | null {
    return this.held.claim.step;
  }

  guard(exchangeMs: number): void {
    const reason = this.held.refusal(exchangeMs);
    if (reason !== null) throw new ExecutionAborted(reason);
  }

  async lengthenLease(ms: number): Promise<void> {
    if (!(await this.held.lengthenLease(ms))) throw new ExecutionAborted('lease_lost');
  }

  async beginEffect(kind: EffectKind, evidence: JsonValue): Promise<EffectHandle> {
    const n = await this.held.beginEffect(kind, evidence);
    if (n === null) throw new ExecutionAborted('lease_lost');
    return { n };
  }

  async saveStep(step: JsonValue): Promise<void> {
    if (!(await this.held.saveStep(step))) throw new ExecutionAborted('lease_lost');
  }

  values(batch: readonly ParameterValue[]): void {
    this.held.values(batch);
  }

  progress(progress: {
    readonly phase: string;
    readonly done: number;
    readonly total?: number;
  }): void {
    this.held.progress(progress);
  }
}
