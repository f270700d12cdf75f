import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, Interval } from '@nestjs/schedule';
import { JobEngine, Recount, Retention } from '@drm/jobs';
import { TenantDb } from '@drm/persistence';
import { EngineMetrics } from '../metrics/engine-metrics.ts';
import { SchedulerLeader } from './scheduler-leader.ts';

const LEDGER_RECENT_SECONDS = 600;
const AFFINITY = 'worker';
const WAITING_LIMIT = 200_000;

/** What one worker does for all: figures of the whole engine, and forgetting. */
@Injectable()
export class HousekeepingCron implements OnApplicationBootstrap {
  private readonly log = new Logger('housekeeping');
  private readonly retention: Retention;
  private readonly recounting: Recount;

  constructor(
    @Inject(JobEngine) private readonly engine: JobEngine,
    @Inject(TenantDb) db: TenantDb,
    @Inject(SchedulerLeader) private readonly leader: SchedulerLeader,
    @Inject(EngineMetrics) private readonly metrics: EngineMetrics,
  ) {
    this.retention = new Retention(db, engine.repository);
    this.recounting = new Recount(db, engine.repository);
  }

  /** A process that has just come up shows figures at its first scrape. */
  onApplicationBootstrap(): void {
    void this.measure();
    void this.measureWaiting();
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

  /** Reads many rows, so one worker does it, and not often. */
  @Interval(60_000)
  async measureWaiting(): Promise<void> {
    try {
      const waiting = (await this.leader.leads())
        ? await this.engine.repository.waiting(WAITING_LIMIT)
        : [];
      this.metrics.reset('waiting');
      for (const { code, n } of waiting) this.metrics.set('waiting', n, { code });
    } catch (error) {
      this.log.warn({ err: error }, 'reasons of waiting not read');
    }
  }

  @Cron('17 3 * * *')
  async forgetOldJobs(): Promise<void> {
    try {
      if (!(await this.leader.leads())) return;
      const jobs = await this.retention.run();
      if (jobs > 0) this.log.log({ jobs }, 'forgot old jobs');
    } catch (error) {
      this.log.warn({ err: error }, 'old jobs not forgotten');
    }
  }

  @Cron('47 3 * * *')
  async recount(): Promise<void> {
    try {
      if (!(await this.leader.leads())) return;
      const jobs = await this.recounting.run();
      if (jobs > 0) this.log.error({ jobs }, 'counters of jobs were wrong and have been repaired');
    } catch (error) {
      this.log.warn({ err: error }, 'counters of jobs not checked');
    }
  }
}
