import type { Job, JobQuery, Overview, Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { OverviewRepository, type TenantDb } from '@drm/persistence';

const RUNNING_JOBS = 10;
const RECENT_FAILURES = 10;

/** What the overview asks the job engine. */
export interface JobLister {
  list(ctx: RequestContext, query: JobQuery): Promise<Page<Job>>;
}

/** The figures of the first page of the console. */
export class OverviewService {
  private readonly figures = new OverviewRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly jobs: JobLister,
  ) {}

  /** Jobs and failures are left out for a caller who may not see jobs. */
  async get(ctx: RequestContext): Promise<Overview> {
    const seesJobs = ctx.permissions.has('jobs:read');
    const running = seesJobs
      ? await this.jobs.list(ctx, { state: 'active', limit: RUNNING_JOBS })
      : { items: [] };
    return await this.db.run(
      ctx.tenantId,
      async (tx) => ({
        devices: await this.figures.devices(tx),
        protocols: await this.figures.protocols(tx),
        executions: await this.figures.openExecutions(tx),
        runningJobs: running.items,
        recentFailures: seesJobs ? await this.figures.recentFailures(tx, RECENT_FAILURES) : [],
        oldestQueuedSeconds: await this.figures.oldestQueuedSeconds(tx),
      }),
      { mode: 'ro' },
    );
  }
}
