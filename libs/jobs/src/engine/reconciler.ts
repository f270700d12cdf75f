import type { EngineRepository } from '@drm/persistence';
import type { EngineObserver } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { JobEnder } from './job-ender.ts';

const CHUNK = 5000;
const END_LIMIT = 500;
const SWEEP_EVERY = 15;
const END_EVERY = 2;

/** Returns what was lost to the queue (design: jobs, section 7). Idempotent statements: any process, any time. */
export class Reconciler {
  private ticks = 0;
  private isBusy = false;

  constructor(
    private readonly engine: EngineRepository,
    private readonly ender: JobEnder,
    private readonly settings: EngineSettings,
    private readonly observer: EngineObserver,
  ) {}

  /** One round; a round while one is at work is left out. @returns how many executions moved */
  async tick(): Promise<number> {
    if (this.isBusy) return 0;
    this.isBusy = true;
    this.ticks += 1;
    try {
      return await this.round();
    } finally {
      this.isBusy = false;
    }
  }

  private async round(): Promise<number> {
    const { dispatchTimeoutMs, graceMs } = this.settings;
    const reaped = await this.engine.reap(dispatchTimeoutMs / 1000, graceMs / 1000);
    if (reaped.late > 0) this.observer.count('dispatch_timeout', reaped.late);
    if (reaped.poisoned > 0) this.observer.count('poison', reaped.poisoned);
    if (reaped.crashed + reaped.poisoned > 0) {
      this.observer.warn({ ...reaped }, 'executions of a lost runner taken back');
    }
    const expired = await this.engine.expire(CHUNK);
    const cancelled = await this.cancelAll();
    if (this.ticks % SWEEP_EVERY === 0) {
      const swept = await this.engine.sweep(CHUNK);
      if (swept > 0) this.observer.warn({ swept }, 'executions waited for a device nobody held');
    }
    if (cancelled + expired > 0 || this.ticks % END_EVERY === 0) {
      for (const { tenantId, jobId } of await this.engine.jobsToEnd(END_LIMIT))
        await this.ender.check(tenantId, jobId);
    }
    return reaped.late + reaped.crashed + reaped.poisoned + expired + cancelled;
  }

  /** Ends what cancelled jobs have not begun. */
  async cancelAll(): Promise<number> {
    let all = 0;
    for (;;) {
      const n = await this.engine.cancelChunk(CHUNK);
      all += n;
      if (n === 0) return all;
    }
  }
}
