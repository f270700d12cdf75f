import { RetentionRepository, type EngineRepository, type TenantDb } from '@drm/persistence';

const CHUNK = 5000;
const JOBS_A_ROUND = 100;

/** Forgets ended jobs after the retention time of their tenant, tenant by tenant. Any interruption is fine. */
export class Retention {
  private readonly repository = new RetentionRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly engine: EngineRepository,
  ) {}

  /** @returns how many jobs were forgotten */
  async run(): Promise<number> {
    let forgotten = 0;
    for (const tenantId of await this.engine.tenantsWithWork('ended-jobs')) {
      let jobs: string[];
      do {
        jobs = await this.db.run(tenantId, async (tx) =>
          this.repository.expired(tx, await this.repository.days(tx), JOBS_A_ROUND),
        );
        for (const jobId of jobs) {
          while (!(await this.db.run(tenantId, (tx) => this.repository.forget(tx, jobId, CHUNK)))) {
            // Next chunk, in a transaction of its own.
          }
          forgotten += 1;
        }
      } while (jobs.length === JOBS_A_ROUND);
    }
    return forgotten;
  }
}
