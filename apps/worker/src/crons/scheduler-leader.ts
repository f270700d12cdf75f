import { Inject, Injectable } from '@nestjs/common';
import { JobEngine } from '@drm/jobs';
import { EngineMetrics } from '../metrics/engine-metrics.ts';
import { WORKER_SETTINGS, type WorkerSettings } from '../worker.tokens.ts';

const LEASE_SECONDS = 60;

/** One worker runs the crons that must not run twice at once; a second leader for a moment does no harm. */
@Injectable()
export class SchedulerLeader {
  private readonly holder = `${process.pid}:${Math.random().toString(36).slice(2, 10)}`;

  constructor(
    @Inject(JobEngine) private readonly engine: JobEngine,
    @Inject(EngineMetrics) private readonly metrics: EngineMetrics,
    @Inject(WORKER_SETTINGS) private readonly settings: WorkerSettings,
  ) {}

  /** Takes or keeps the lease. */
  async leads(): Promise<boolean> {
    const leads = await this.engine.repository.lead(
      'scheduler',
      `${this.settings.HEALTH_PORT}:${this.holder}`,
      LEASE_SECONDS,
    );
    this.metrics.set('leader', leads ? 1 : 0);
    return leads;
  }
}
