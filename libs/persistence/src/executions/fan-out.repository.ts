import { uuidV7 } from '@drm/domain';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { anyShard, countProgress } from './progress.sql.ts';

/** A condition over alias `d` of drm.device (`deviceFilterSql` with first placeholder 2). */
export interface DeviceCondition {
  readonly where: string;
  readonly params: readonly unknown[];
}

export interface FanOut {
  readonly jobId: string;
  readonly affinity: string;
  readonly priority: number;
  readonly maxAttempts: number;
}

/** Which devices a job is for, and the executions that come of them: one a device. */
export class FanOutRepository {
  /** Those of `deviceIds` that exist in this tenant. */
  async existing(tx: TenantTx, deviceIds: readonly string[]): Promise<string[]> {
    const rows = await tx.sql<{ id: string }>(
      'SELECT id FROM drm.device WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id',
      [tx.tenantId, deviceIds],
    );
    return rows.map((row) => row.id);
  }

  /** At most `limit` devices that match, in order of their ids. */
  async matching(
    tx: TenantTx,
    condition: DeviceCondition,
    except: readonly string[],
    limit: number,
  ): Promise<string[]> {
    const n = condition.params.length;
    const rows = await tx.sql<{ id: string }>(
      `SELECT d.id FROM drm.device d
       WHERE d.tenant_id = $1 AND ${condition.where} AND d.id <> ALL ($${n + 2}::uuid[])
       ORDER BY d.id LIMIT $${n + 3}`,
      [tx.tenantId, ...condition.params, except, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Writes down every device that matches now; the executions follow in chunks. @returns how many */
  async freeze(
    tx: TenantTx,
    jobId: string,
    condition: DeviceCondition,
    except: readonly string[],
  ): Promise<number> {
    const n = condition.params.length;
    return await tx.execute(
      `INSERT INTO drm.job_target (tenant_id, job_id, device_id)
       SELECT $1, $${n + 2}::uuid, d.id FROM drm.device d
       WHERE d.tenant_id = $1 AND ${condition.where} AND d.id <> ALL ($${n + 3}::uuid[])
       ORDER BY d.id`,
      [tx.tenantId, ...condition.params, jobId, except],
    );
  }

  /** Executions of the job that failed or expired, as targets of a retry. @returns how many */
  async freezeFailures(tx: TenantTx, jobId: string, of: string): Promise<number> {
    return await tx.execute(
      `INSERT INTO drm.job_target (tenant_id, job_id, device_id)
       SELECT $1, $2::uuid, e.device_id FROM drm.execution e
       JOIN drm.device d ON d.tenant_id = e.tenant_id AND d.id = e.device_id
       WHERE e.tenant_id = $1 AND e.job_id = $3 AND e.status IN ('failed', 'expired')
       ORDER BY e.device_id`,
      [tx.tenantId, jobId, of],
    );
  }

  /** Idempotent: an execution that exists already stays as it is and is not counted again. */
  async insertExecutions(tx: TenantTx, job: FanOut, deviceIds: readonly string[]): Promise<number> {
    const now = Date.now();
    const [row] = await tx.sql<{ n: number }>(
      `WITH made AS (
         INSERT INTO drm.execution (tenant_id, id, job_id, target_key, device_id, affinity, priority, status,
           max_attempts, expires_at)
         SELECT $1, t.id, $2, t.device::text, t.device, $5, $6, 'queued', $7, j.expires_at
         FROM unnest($3::uuid[], $4::uuid[]) t (id, device), (SELECT expires_at FROM drm.job
           WHERE tenant_id = $1 AND id = $2) j
         ON CONFLICT (tenant_id, job_id, target_key) DO NOTHING
         RETURNING 1),
       counted AS (${countProgress(`SELECT $2::uuid AS job_id, 'queued' AS status, count(*) AS n FROM made`, '$8::smallint')})
       SELECT count(*)::int AS n FROM made`,
      [
        tx.tenantId,
        job.jobId,
        deviceIds.map(() => uuidV7(now)),
        deviceIds,
        job.affinity,
        job.priority,
        job.maxAttempts,
        anyShard(),
      ],
    );
    return row?.n ?? 0;
  }

  /** Takes frozen targets away, in order, at most `limit`. */
  async takeTargets(tx: TenantTx, jobId: string, limit: number): Promise<string[]> {
    const rows = await tx.sql<{ id: string }>(
      `WITH taken AS (${TAKE_TARGETS}) SELECT device_id AS id FROM taken`,
      [tx.tenantId, jobId, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Turns the next frozen targets into executions without their ids leaving the database. The caller has locked the
   * job. @returns how many targets were taken
   */
  async expand(tx: TenantTx, job: FanOut, limit: number): Promise<number> {
    const [row] = await tx.sql<{ n: number }>(
      `WITH taken AS (${TAKE_TARGETS}),
       made AS (
         INSERT INTO drm.execution (tenant_id, id, job_id, target_key, device_id, affinity, priority, status,
           max_attempts, expires_at)
         SELECT $1, ${UUID_V7}, $2, t.device_id::text, t.device_id, $4, $5, 'queued', $6,
           (SELECT expires_at FROM drm.job WHERE tenant_id = $1 AND id = $2)
         FROM taken t
         ON CONFLICT (tenant_id, job_id, target_key) DO NOTHING
         RETURNING 1),
       counted AS (${countProgress(`SELECT $2::uuid AS job_id, 'queued' AS status, count(*) AS n FROM made`, '$7::smallint')})
       SELECT count(*)::int AS n FROM taken`,
      [tx.tenantId, job.jobId, limit, job.affinity, job.priority, job.maxAttempts, anyShard()],
    );
    return row?.n ?? 0;
  }
}

// By range, not by a join: the table is young and the planner knows nothing of it.
const TAKE_TARGETS = `DELETE FROM drm.job_target WHERE tenant_id = $1 AND job_id = $2 AND device_id <= coalesce(
    (SELECT device_id FROM drm.job_target WHERE tenant_id = $1 AND job_id = $2
     ORDER BY device_id OFFSET $3::int - 1 LIMIT 1), 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
  RETURNING device_id`;

/** As libs/domain makes them: PostgreSQL knows uuidv7() only from 18 on. */
const UUID_V7 = `encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
  PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
  52, 1), 53, 1), 'hex')::uuid`;
