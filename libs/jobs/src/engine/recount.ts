import {
  JobRepository,
  RecountRepository,
  writeAuditLines,
  type EngineRepository,
  type TenantDb,
} from '@drm/persistence';

const JOBS_AT_ONCE = 500;
/** Ended jobs are looked at twice before they are left alone. */
const RECENT_DAYS = 2;
const REPAIR_MS = 60_000;

/** Compares the counters of jobs with their rows and sets them right, with a line in the audit log. */
export class Recount {
  private readonly jobs = new JobRepository();
  private readonly repository = new RecountRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly engine: EngineRepository,
  ) {}

  /** @returns how many jobs were repaired */
  async run(): Promise<number> {
    const tenants = new Set([
      ...(await this.engine.tenantsWithWork('open-jobs')),
      ...(await this.engine.tenantsWithWork('ended-jobs')),
    ]);
    let repaired = 0;
    for (const tenantId of tenants) repaired += await this.ofTenant(tenantId);
    return repaired;
  }

  private async ofTenant(tenantId: string): Promise<number> {
    let repaired = 0;
    let after: string | null = null;
    for (;;) {
      const from = after;
      const jobs: string[] = await this.db.run(
        tenantId,
        (tx) => this.repository.candidates(tx, RECENT_DAYS, from, JOBS_AT_ONCE),
        { mode: 'ro' },
      );
      for (const jobId of jobs) {
        const isWrong = (await this.engine.recount(tenantId, jobId)) > 0;
        if (isWrong && (await this.repair(tenantId, jobId))) repaired += 1;
      }
      after = jobs.at(-1) ?? null;
      if (jobs.length < JOBS_AT_ONCE) return repaired;
    }
  }

  private async repair(tenantId: string, jobId: string): Promise<boolean> {
    return await this.db.run(
      tenantId,
      async (tx) => {
        const job = await this.jobs.lock(tx, jobId);
        if (job === null) return false;
        const wrong = await this.repository.repair(tx, jobId);
        if (wrong.length === 0) return false;
        await writeAuditLines(tx, [
          {
            actor: { kind: 'system', id: null, name: 'job engine' },
            action: 'job.recount',
            targetKind: 'job',
            targetId: jobId,
            targetName: job.name,
            outcome: 'success',
            address: null,
            correlationId: job.correlationId,
            data: Object.fromEntries(wrong.map(({ status, n }) => [status, n])),
          },
        ]);
        return true;
      },
      { retry: true, timeoutMs: REPAIR_MS },
    );
  }
}
