import { DeviceOperation } from '@drm/contracts';
import {
  ClaimRepository,
  EffectRepository,
  JobRepository,
  type ClaimedExecution,
  type EffectRecord,
  type EngineRepository,
  type Finish,
  type TenantDb,
  type TenantTx,
  type WakeUp,
} from '@drm/persistence';
import type { EngineObserver } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';
import { auditOf } from './finish-audit.ts';
import { decide } from './finish-decision.ts';
import { FinishBuffer } from './finish-buffer.ts';
import { LiveExecution } from './held-execution.ts';
import { ProgressTeller, TELL_MS } from './progress-teller.ts';
import type { ExecutionJob, OperationExecutor, Outcome, StopReason } from './operation-executor.ts';

const CLAIM_AT_ONCE = 64;
const PARALLEL_CLAIMS = 2;
const JOBS_CACHED = 2000;
const WATCH_MS = 250;
/** An executor that ignores its signal is left behind after this. */
const STOP_GRACE_MS = 5000;
const CLAIM_PAUSE_MS = 250;
/** For the last finishes to be written; what is not, the reconciler returns to the queue. */
const FLUSH_GRACE_MS = 2000;

interface Waiting {
  readonly tenantId: string;
  readonly wakeUps: WakeUp[];
  readonly done: () => void;
}

export interface RunnerEvents {
  /** After a commit: these executions are no longer ours. */
  readonly flushed: (tenantId: string, written: readonly Finish[]) => void;
}

/**
 * Claims executions for this process and runs them in its slots (design: jobs, section 7). Whoever owns the transport
 * has one: the worker for what dials out.
 */
export class ExecutionRunner {
  private readonly claims = new ClaimRepository();
  private readonly effects = new EffectRepository();
  private readonly jobs = new JobRepository();
  private readonly jobCache = new Map<string, ExecutionJob | null>();
  private readonly live = new Map<string, LiveExecution>();
  private readonly waiting: Waiting[] = [];
  private readonly buffer: FinishBuffer;
  private readonly teller: ProgressTeller;
  private free: number;
  private claiming = 0;
  private stopping = false;
  private watch: NodeJS.Timeout | null = null;
  private beat: NodeJS.Timeout | null = null;
  private telling: NodeJS.Timeout | null = null;

  constructor(
    private readonly db: TenantDb,
    private readonly engine: EngineRepository,
    private readonly executor: OperationExecutor,
    private readonly settings: EngineSettings,
    private readonly observer: EngineObserver,
    events: RunnerEvents,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.free = settings.slots;
    this.buffer = new FinishBuffer(
      db,
      () => Math.min(20, 2 + this.live.size / 8),
      events.flushed,
      (error, size) => this.observer.warn({ err: error, size }, 'finish not written, trying again'),
      now,
    );
    this.teller = new ProgressTeller(
      db,
      (error) => this.observer.warn({ err: error }, 'progress not written'),
      now,
    );
  }

  start(): void {
    this.telling = setInterval(() => void this.teller.round(this.live.values()), TELL_MS);
    this.watch = setInterval(() => this.checkLimits(), WATCH_MS);
    this.beat = setInterval(() => void this.heartbeat(), this.settings.leaseMs / 4);
  }

  get runningCount(): number {
    return this.live.size;
  }

  /** Takes wake-ups of one tenant; resolves when all are claimed or turned out to be late. */
  accept(tenantId: string, wakeUps: readonly WakeUp[]): Promise<void> {
    if (this.stopping || wakeUps.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push({ tenantId, wakeUps: [...wakeUps], done: resolve });
      this.pump();
    });
  }

  /** Looks at once whether the executions of a job may go on. */
  recheck(jobId: string): void {
    const held = [...this.live.values()].filter((one) => one.job.id === jobId);
    if (held.length > 0) void this.heartbeat(held);
  }

  /**
   * Stops claiming, lets what runs end within `drainMs`, then gives the rest back to the queue.
   */
  async drain(drainMs: number): Promise<void> {
    this.stopping = true;
    for (const entry of this.waiting.splice(0)) entry.done();
    const until = this.now() + drainMs;
    const isBusy = (): boolean => this.live.size > 0 || this.claiming > 0;
    while (isBusy() && this.now() < until) await pause(20);
    for (const held of this.live.values()) held.stop('shutdown');
    const giveUp = this.now() + STOP_GRACE_MS + 1000;
    while (isBusy() && this.now() < giveUp) await pause(20);
    if (this.watch !== null) clearInterval(this.watch);
    if (this.beat !== null) clearInterval(this.beat);
    if (this.telling !== null) clearInterval(this.telling);
    await Promise.race([this.buffer.drained(), pause(FLUSH_GRACE_MS)]);
  }

  private pump(): void {
    while (
      !this.stopping &&
      this.waiting.length > 0 &&
      this.free > 0 &&
      this.claiming < PARALLEL_CLAIMS
    ) {
      const { tenantId, wakeUps, done } = this.takeBatch(Math.min(this.free, CLAIM_AT_ONCE));
      this.claiming += 1;
      this.free -= wakeUps.length;
      void this.claimBatch(tenantId, wakeUps).finally(() => {
        this.claiming -= 1;
        for (const resolve of done) resolve();
        this.pump();
      });
    }
  }

  /** Up to `limit` wake-ups of the tenant that waits longest. */
  private takeBatch(limit: number): { tenantId: string; wakeUps: WakeUp[]; done: (() => void)[] } {
    const tenantId = this.waiting[0]?.tenantId ?? '';
    const wakeUps: WakeUp[] = [];
    const done: (() => void)[] = [];
    for (let index = 0; index < this.waiting.length && wakeUps.length < limit;) {
      const entry = this.waiting[index];
      if (entry === undefined || entry.tenantId !== tenantId) {
        index += 1;
        continue;
      }
      wakeUps.push(...entry.wakeUps.splice(0, limit - wakeUps.length));
      if (entry.wakeUps.length > 0) break;
      done.push(entry.done);
      this.waiting.splice(index, 1);
    }
    return { tenantId, wakeUps, done };
  }

  private async claimBatch(tenantId: string, wakeUps: readonly WakeUp[]): Promise<void> {
    const sentAt = this.now();
    let started = 0;
    try {
      const { claimed, targets, effects } = await this.db.run(
        tenantId,
        (tx) => this.claimIn(tx, wakeUps),
        { retry: true },
      );
      for (const claim of claimed) {
        const job = this.jobCache.get(claim.jobId) ?? null;
        const target = claim.deviceId === null ? undefined : targets.get(claim.deviceId);
        const held = this.hold(tenantId, claim, job, effects, sentAt);
        started += 1;
        void this.run(held, job, target);
      }
      this.observer.count('claims', claimed.length, { result: 'claimed' });
      this.observer.count('claims', wakeUps.length - claimed.length, { result: 'duplicate' });
    } catch (error) {
      // Nothing is lost: the rows stay dispatched and the reconciler returns them to the queue.
      this.observer.warn({ err: error, size: wakeUps.length }, 'claim failed');
      await pause(CLAIM_PAUSE_MS);
    } finally {
      this.free += wakeUps.length - started;
    }
  }

  private async claimIn(tx: TenantTx, wakeUps: readonly WakeUp[]) {
    const { claimed, refused } = await this.claims.claim(tx, wakeUps, {
      holder: this.settings.holder,
      leaseSeconds: this.settings.leaseMs / 1000,
      graceSeconds: this.settings.graceMs / 1000,
    });
    if (refused.length > 0) this.observer.count('claims', refused.length, { result: 'busy' });
    for (const jobId of new Set(claimed.map((claim) => claim.jobId))) {
      if (!this.jobCache.has(jobId)) await this.loadJob(tx, jobId);
    }
    const devices = claimed.flatMap((claim) => (claim.deviceId === null ? [] : [claim.deviceId]));
    const targets =
      devices.length === 0 ? new Map<string, unknown>() : await this.executor.load(tx, devices);
    const verifying = claimed.filter((claim) => claim.mode === 'verify' || claim.attempt > 1);
    const effects =
      verifying.length === 0
        ? []
        : await this.effects.of(
            tx,
            verifying.map((claim) => claim.executionId),
          );
    return { claimed, targets, effects };
  }

  /** A job's spec never changes, so it is read and parsed once. Null: this release does not understand it. */
  private async loadJob(tx: TenantTx, jobId: string): Promise<void> {
    const record = await this.jobs.find(tx, jobId);
    if (this.jobCache.size >= JOBS_CACHED) this.jobCache.clear();
    const operation = DeviceOperation.safeParse(record?.spec);
    this.jobCache.set(
      jobId,
      record === null || !operation.success
        ? null
        : { ...record, tenantId: tx.tenantId ?? '', operation: operation.data },
    );
  }

  private hold(
    tenantId: string,
    claim: ClaimedExecution,
    job: ExecutionJob | null,
    effects: readonly EffectRecord[],
    sentAt: number,
  ): LiveExecution {
    const held = new LiveExecution(
      claim,
      job ?? { ...UNKNOWN_JOB, tenantId, id: claim.jobId },
      effects.filter((effect) => effect.executionId === claim.executionId),
      this.db,
      {
        leaseUntil: sentAt + this.settings.leaseMs,
        deadline: sentAt + (job?.deadlineMs ?? 0) - claim.elapsedMs,
        marginMs: this.settings.marginMs,
      },
      (one, ms) => this.extendOne(one, ms),
      this.now,
    );
    this.live.set(claim.executionId, held);
    return held;
  }

  private async run(held: LiveExecution, job: ExecutionJob | null, target: unknown): Promise<void> {
    const { claim } = held;
    let outcome: Outcome | null = null;
    if (claim.mode === 'verify') this.observer.count('verify', 1);
    try {
      if (job !== null) outcome = await this.bounded(held, target);
    } catch (error) {
      this.observer.warn(
        { err: error, execution_id: claim.executionId, correlation_id: held.job.correlationId },
        'the operation ended in a defect of ours',
      );
    }
    const finish = decide(held, outcome, this.now(), Math.floor(Date.now() / 1000), Math.random());
    this.free += 1;
    if (finish === null) {
      this.live.delete(claim.executionId);
      this.observer.count('lease_lost', 1);
    } else {
      held.finishing = true;
      this.buffer.add(held.job.tenantId, {
        finish,
        audit: auditOf(held, finish),
        leaseUntil: () => held.leaseUntil,
        settled: (how) => this.settle(held, finish, how, outcome?.protocol ?? null),
      });
    }
    this.pump();
  }

  private settle(
    held: LiveExecution,
    finish: Finish,
    how: 'written' | 'stale' | 'lost',
    protocol: string | null,
  ): void {
    this.live.delete(held.claim.executionId);
    if (how === 'written') {
      this.observer.count('executions', 1, { protocol: protocol ?? 'none', result: finish.to });
    } else {
      this.observer.count(how === 'stale' ? 'stale_finish' : 'lease_lost', 1);
    }
  }

  /** The executor's outcome, or null when it goes on although it was told to stop. */
  private async bounded(held: LiveExecution, target: unknown): Promise<Outcome | null> {
    const work = this.executor.execute(held, target);
    work.catch(() => undefined);
    return await new Promise<Outcome | null>((resolve, reject) => {
      let grace: NodeJS.Timeout | null = null;
      const onStop = (): void => {
        grace = setTimeout(() => resolve(null), STOP_GRACE_MS);
      };
      held.signal.addEventListener('abort', onStop, { once: true });
      work.then(resolve, reject).finally(() => {
        held.signal.removeEventListener('abort', onStop);
        if (grace !== null) clearTimeout(grace);
      });
    });
  }

  private checkLimits(): void {
    const now = this.now();
    for (const held of this.live.values()) {
      if (now > held.leaseUntil - this.settings.marginMs) held.stop('lease_lost');
      else if (now > held.deadline) held.stop('deadline');
    }
  }

  private async heartbeat(of: readonly LiveExecution[] = [...this.live.values()]): Promise<void> {
    if (of.length === 0) return;
    const sentAt = this.now();
    try {
      const owned = await this.engine.heartbeat(
        this.settings.holder,
        of.map((held) => ({
          tenantId: held.job.tenantId,
          executionId: held.claim.executionId,
          fence: held.claim.fence,
          seconds: (held.leaseMs ?? this.settings.leaseMs) / 1000,
        })),
      );
      for (const held of of) {
        const cancel = owned.get(held.claim.executionId);
        if (cancel === undefined) {
          if (!held.finishing) held.stop('lease_lost');
          continue;
        }
        held.leaseUntil = Math.max(
          held.leaseUntil,
          sentAt + (held.leaseMs ?? this.settings.leaseMs),
        );
        if (cancel) held.stop('cancelled');
      }
    } catch (error) {
      // The monotonic deadline decides: without a heartbeat every execution stops before its lease ends.
      this.observer.warn({ err: error, size: of.length }, 'heartbeat failed');
    }
  }

  private async extendOne(held: LiveExecution, ms: number): Promise<number | null> {
    const sentAt = this.now();
    const owned = await this.engine.heartbeat(this.settings.holder, [
      {
        tenantId: held.job.tenantId,
        executionId: held.claim.executionId,
        fence: held.claim.fence,
        seconds: ms / 1000,
      },
    ]);
    return owned.has(held.claim.executionId) ? sentAt + ms : null;
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

const UNKNOWN_JOB: Omit<ExecutionJob, 'tenantId' | 'id'> = {
  name: '',
  operation: { kind: 'probe' },
  protocol: null,
  onUncertain: 'fail',
  deadlineMs: 60_000,
  correlationId: '',
  requestedBy: { kind: 'system', id: null, name: 'engine' },
};

export type { StopReason };
