import type { JsonValue, ParameterValue } from '@drm/contracts';
import {
  EffectRepository,
  type ClaimedExecution,
  type EffectRecord,
  type Progress,
  type TenantDb,
} from '@drm/persistence';
import type { ExecutionJob, HeldExecution, StopReason } from './operation-executor.ts';

const LONGEST_LEASE_MS = 180_000;

export interface HoldLimits {
  /** Monotonic time before the claim was sent, plus the lease. */
  readonly leaseUntil: number;
  readonly deadline: number;
  readonly marginMs: number;
}

/** Asks the database to extend one lease; the monotonic end of the lease when it was granted, else null. */
export type ExtendLease = (held: LiveExecution, ms: number) => Promise<number | null>;

/**
 * An execution in this process: what it may still do, measured by the monotonic clock only. It holds the device until
 * its finish is committed or its lease is over.
 */
export class LiveExecution implements HeldExecution {
  readonly collected: ParameterValue[] = [];
  leaseUntil: number;
  /** Set while the lease was lengthened for a slow device: heartbeats keep this length. */
  leaseMs: number | null = null;
  effectsBegun = 0;
  /** Set once the outcome is on its way to the database: nothing stops it any more. */
  finishing = false;
  readonly heldSince: number;
  private news: Progress | null = null;
  private readonly abort = new AbortController();
  private readonly repository = new EffectRepository();

  constructor(
    readonly claim: ClaimedExecution,
    readonly job: ExecutionJob,
    readonly effects: readonly EffectRecord[],
    private readonly db: TenantDb,
    private readonly limits: HoldLimits,
    private readonly extend: ExtendLease,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.leaseUntil = limits.leaseUntil;
    this.heldSince = now();
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get stopReason(): StopReason | null {
    return this.abort.signal.aborted ? (this.abort.signal.reason as StopReason) : null;
  }

  get deadline(): number {
    return this.limits.deadline;
  }

  /** The first reason stays. */
  stop(reason: StopReason): void {
    if (!this.abort.signal.aborted && !this.finishing) this.abort.abort(reason);
  }

  refusal(ms: number): StopReason | null {
    if (this.stopReason !== null) return this.stopReason;
    const end = this.now() + ms;
    if (end > this.leaseUntil - this.limits.marginMs) {
      this.stop('lease_lost');
    } else if (end > this.limits.deadline) {
      this.stop('deadline');
    }
    return this.stopReason;
  }

  async lengthenLease(ms: number): Promise<boolean> {
    if (this.stopReason !== null) return false;
    const length = Math.min(ms, LONGEST_LEASE_MS);
    if (this.leaseUntil - this.now() >= length) return true;
    const until = await this.extend(this, length);
    if (until === null) {
      this.stop('lease_lost');
      return false;
    }
    this.leaseMs = length;
    this.leaseUntil = Math.max(this.leaseUntil, until);
    return true;
  }

  async beginEffect(kind: string, evidence: JsonValue): Promise<number | null> {
    const { executionId, fence } = this.claim;
    const n = await this.db.run(this.job.tenantId, (tx) =>
      this.repository.begin(tx, executionId, fence, kind, evidence),
    );
    if (n === null) this.stop('lease_lost');
    else this.effectsBegun += 1;
    return n;
  }

  async saveStep(step: JsonValue): Promise<boolean> {
    const { executionId, fence } = this.claim;
    const saved = await this.db.run(this.job.tenantId, (tx) =>
      this.repository.saveStep(tx, executionId, fence, step),
    );
    if (!saved) this.stop('lease_lost');
    return saved;
  }

  values(batch: readonly ParameterValue[]): void {
    for (const value of batch) this.collected.push(value);
  }

  progress(progress: Progress): void {
    this.news = progress;
  }

  /** The latest that was not told yet. */
  takeProgress(): Progress | null {
    const { news } = this;
    this.news = null;
    return news;
  }
}
