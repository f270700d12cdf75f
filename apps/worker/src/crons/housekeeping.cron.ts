import { Inject, Injectable, Logger } from '@nestjs/common';
import { Cron, Interval } from '@nestjs/schedule';
import { JobEngine, Retention } from '@drm/jobs';
import { TenantDb } from '@drm/persistence';
import { EngineMetrics } from '../metrics/engine-metrics.ts';
import { SchedulerLeader } from './scheduler-leader.ts';

const RETENTION_DAYS = 90;
const LEDGER_RECENT_SECONDS = 600;
const AFFINITY = 'worker';

/** What one worker does for all: figures of the whole engine, and forgetting. */
@Injectable()
export class HousekeepingCron {
  private readonly log = new Logger('housekeeping');
  private readonly retention: Retention;

  constructor(
    @Inject(JobEngine) private readonly engine: JobEngine,
    @Inject(TenantDb) db: TenantDb,
    @Inject(SchedulerLeader) private readonly leader: SchedulerLeader,
    @Inject(EngineMetrics) private readonly metrics: EngineMetrics,
  ) {
    this.retention = new Retention(db, engine.repository);
  }

  /** Every worker shows them: a scrape that misses the leader must not find a hole. */
  @Interval(10_000)
  async measure(): Promise<void> {
    try {
      await this.leader.leads();
      const { repository, runner } = this.engine;
      this.metrics.set('running', runner.runningCount);
      const ledger = await repository.ledger(LEDGER_RECENT_SECONDS);
      this.metrics.set('ledgerGap', ledger.gap);
      if (ledger.gap !== 0) this.log.error({ ...ledger }, 'the job ledger does not add up');
      const open = await repository.stats();
      this.metrics.reset('open');
      for (const { status, affinity, n } of open) this.metrics.set('open', n, { status, affinity });
      const oldest = await repository.oldestQueued(AFFINITY);
      this.metrics.set('oldest', oldest, { affinity: AFFINITY });
      this.metrics.set('outboxOldest', await repository.outboxAge());
    } catch (error) {
      this.log.warn({ err: error }, 'figures of the engine not read');
    }
  }

  @Cron('17 3 * * *')
  async forgetOldJobs(): Promise<void> {
    try {
      if (!(await this.leader.leads())) return;
      const jobs = await this.retention.run(RETENTION_DAYS);
      if (jobs > 0) this.log.log({ jobs, days: RETENTION_DAYS }, 'forgot old jobs');
    } catch (error) {
      this.log.warn({ err: error }, 'old jobs not forgotten');
    }
  }
}
