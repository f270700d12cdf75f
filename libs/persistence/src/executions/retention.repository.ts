import { readSetting } from '../settings/tenant-setting.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** Forgets jobs that ended long ago, in chunks short enough for vacuum and event streams. */
export class RetentionRepository {
  /** Days the tenant keeps ended jobs. */
  async days(tx: TenantTx): Promise<number> {
    return await readSetting(tx, 'jobs.retention_days');
  }

  /** Jobs that ended more than `days` days ago, oldest first. */
  async expired(tx: TenantTx, days: number, limit: number): Promise<string[]> {
    const rows = await tx.sql<{ id: string }>(
      `SELECT id FROM drm.job WHERE tenant_id = $1 AND state = 'ended' AND ended_at < now() - make_interval(days => $2)
       ORDER BY ended_at LIMIT $3`,
      [tx.tenantId, days, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Deletes at most `limit` executions of the job with all that hangs on them; the job itself with the last. */
  async forget(tx: TenantTx, jobId: string, limit: number): Promise<boolean> {
    const rows = await tx.sql<{ id: string }>(
      `DELETE FROM drm.execution WHERE tenant_id = $1 AND id IN (
         SELECT id FROM drm.execution WHERE tenant_id = $1 AND job_id = $2 ORDER BY target_key LIMIT $3)
       RETURNING id`,
      [tx.tenantId, jobId, limit],
    );
    const ids = rows.map((row) => row.id);
    for (const table of ['execution_result', 'execution_event', 'effect']) {
      await tx.execute(
        `DELETE FROM drm.${table} WHERE tenant_id = $1 AND execution_id = ANY ($2::uuid[])`,
        [tx.tenantId, ids],
      );
    }
    if (ids.length === limit) return false;
    await tx.execute('DELETE FROM drm.job_progress WHERE tenant_id = $1 AND job_id = $2', [
      tx.tenantId,
      jobId,
    ]);
    await tx.execute('DELETE FROM drm.job WHERE tenant_id = $1 AND id = $2', [tx.tenantId, jobId]);
    return true;
  }
}
