import type { ExecutionStatus } from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { anyShard, countProgress } from './progress.sql.ts';

/** What a counter was short of (or over, negative) against the rows. */
export interface Miscount {
  readonly status: ExecutionStatus;
  readonly n: number;
}

/** Compares the counters of jobs with their executions. The rows are right. */
export class RecountRepository {
  /** Jobs at work and those that ended in the last `days` days, by id. */
  async candidates(
    tx: TenantTx,
    days: number,
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await tx.sql<{ id: string }>(
      `SELECT j.id FROM drm.job j WHERE j.tenant_id = $1 AND ($3::uuid IS NULL OR j.id > $3::uuid)
         AND (j.state <> 'ended' OR j.ended_at > now() - make_interval(days => $2))
       ORDER BY j.id LIMIT $4`,
      [tx.tenantId, days, after, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Adds what is missing. Rows and counters are read in one snapshot, and differences add up with whatever commits
   * meanwhile; the caller holds the job's row, or two repairs at once would both add.
   */
  async repair(tx: TenantTx, jobId: string): Promise<Miscount[]> {
    return await tx.sql<Miscount>(
      `WITH wrong AS (
         SELECT status, coalesce(r.n, 0) - coalesce(c.n, 0) AS n
         FROM (SELECT status, count(*) AS n FROM drm.execution WHERE tenant_id = $1 AND job_id = $2 GROUP BY 1) r
         FULL JOIN (SELECT status, sum(n) AS n FROM drm.job_progress WHERE tenant_id = $1 AND job_id = $2 GROUP BY 1) c
           USING (status)
         WHERE coalesce(r.n, 0) <> coalesce(c.n, 0)),
       counted AS (${countProgress('SELECT $2::uuid AS job_id, status, n FROM wrong', '$3::smallint')})
       SELECT status, n::float8 AS n FROM wrong ORDER BY status`,
      [tx.tenantId, jobId, anyShard()],
    );
  }
}
