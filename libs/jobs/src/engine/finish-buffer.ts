import {
  FinishRepository,
  writeAuditLines,
  type EngineAuditLine,
  type Finish,
  type TenantDb,
} from '@drm/persistence';

const FLUSH_AT = 64;
const RETRY_MS = 250;

export interface PendingFinish {
  readonly finish: Finish;
  readonly audit: EngineAuditLine | null;
  /** Monotonic end of the lease: later the finish would be stale, and is given up. */
  readonly leaseUntil: () => number;
  /** `stale`: somebody else has the execution; `lost`: it could not be written in time. */
  readonly settled: (how: 'written' | 'stale' | 'lost') => void;
}

/**
 * Commits finishes in groups, one transaction of a tenant at a time. A group waits the longer the more runs, so that a
 * lone execution ends at once and a busy worker pays one commit for many.
 */
export class FinishBuffer {
  private readonly queues = new Map<string, PendingFinish[]>();
  private readonly busy = new Set<string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly repository = new FinishRepository();
  private idle: (() => void)[] = [];

  constructor(
    private readonly db: TenantDb,
    /** Milliseconds a group may wait for more. */
    private readonly patience: () => number,
    private readonly flushed: (tenantId: string, written: readonly Finish[]) => void,
    private readonly failed: (error: unknown, size: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(tenantId: string, pending: PendingFinish): void {
    const queue = this.queues.get(tenantId) ?? [];
    queue.push(pending);
    this.queues.set(tenantId, queue);
    if (queue.length >= FLUSH_AT) this.flushSoon(tenantId, 0);
    else if (queue.length === 1) this.flushSoon(tenantId, this.patience());
  }

  /** Resolves when nothing is left to write. */
  async drained(): Promise<void> {
    for (const tenantId of this.queues.keys()) this.flushSoon(tenantId, 0);
    if (this.queues.size === 0 && this.busy.size === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private flushSoon(tenantId: string, ms: number): void {
    const timer = this.timers.get(tenantId);
    if (timer !== undefined) {
      if (ms > 0) return;
      clearTimeout(timer);
    }
    const run = (): void => {
      this.timers.delete(tenantId);
      void this.flush(tenantId);
    };
    this.timers.set(tenantId, setTimeout(run, ms));
  }

  private async flush(tenantId: string): Promise<void> {
    if (this.busy.has(tenantId)) return;
    const batch = this.queues.get(tenantId)?.splice(0, FLUSH_AT) ?? [];
    if (batch.length === 0) return;
    this.busy.add(tenantId);
    let pause = 0;
    try {
      await this.write(tenantId, batch);
    } catch (error) {
      this.failed(error, batch.length);
      pause = RETRY_MS;
      await this.oneByOne(tenantId, batch);
    } finally {
      this.busy.delete(tenantId);
      const rest = this.queues.get(tenantId)?.length ?? 0;
      if (rest === 0) this.queues.delete(tenantId);
      else this.flushSoon(tenantId, rest >= FLUSH_AT ? pause : Math.max(pause, this.patience()));
      if (this.queues.size === 0 && this.busy.size === 0) {
        for (const resolve of this.idle.splice(0)) resolve();
      }
    }
  }

  private async write(tenantId: string, batch: readonly PendingFinish[]): Promise<void> {
    const done = await this.db.run(
      tenantId,
      async (tx) => {
        const written = await this.repository.finish(
          tx,
          batch.map((pending) => pending.finish),
        );
        await writeAuditLines(
          tx,
          batch.flatMap((pending) =>
            pending.audit !== null && written.has(pending.finish.executionId)
              ? [pending.audit]
              : [],
          ),
        );
        return written;
      },
      { retry: true },
    );
    const written: Finish[] = [];
    for (const pending of batch) {
      const mine = done.has(pending.finish.executionId);
      if (mine) written.push(pending.finish);
      pending.settled(mine ? 'written' : 'stale');
    }
    this.flushed(tenantId, written);
  }

  /** A batch failed: what cannot be written alone must not take the others down with it. */
  private async oneByOne(tenantId: string, batch: readonly PendingFinish[]): Promise<void> {
    for (const pending of batch) {
      if (this.now() > pending.leaseUntil()) {
        pending.settled('lost');
        continue;
      }
      try {
        await this.write(tenantId, [pending]);
      } catch (error) {
        this.failed(error, 1);
        const bare = withoutPayload(pending);
        if (bare !== null && !isAway(error)) this.requeue(tenantId, bare);
        else this.requeue(tenantId, pending);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  private requeue(tenantId: string, pending: PendingFinish): void {
    const queue = this.queues.get(tenantId) ?? [];
    queue.push(pending);
    this.queues.set(tenantId, queue);
  }
}

const isAway = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'database.unavailable' ||
  (error as { code?: unknown } | null)?.code === 'database.full';

/** The database refuses what the device sent: the execution still ends, as an internal error without the values. */
function withoutPayload(pending: PendingFinish): PendingFinish | null {
  const { finish } = pending;
  if (finish.result === null && finish.values === null) return null;
  const error = {
    class: 'internal',
    code: 'internal',
    message: 'The result could not be stored.',
    hint: 'Report the correlation id of the job.',
    native: null,
    path: null,
  };
  return {
    ...pending,
    finish: {
      ...finish,
      to: 'failed',
      result: null,
      values: null,
      identity: null,
      error: JSON.stringify(error),
      errorCode: error.code,
    },
  };
}
