import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { countProgress } from './progress.sql.ts';

/**
 * Lets the next execution of each device go that waits for it. Call while the devices' lease rows are locked, else a
 * parking execution is missed. `deltas` are counters of the same transaction, written along.
 */
export async function unparkDevices(
  tx: TenantTx,
  deviceIds: readonly string[],
  shard: number,
  deltas: readonly { readonly jobId: string; readonly status: string; readonly n: number }[] = [],
): Promise<void> {
  await tx.execute(
    `WITH next AS (
       SELECT n.id FROM (SELECT DISTINCT unnest($2::uuid[]) AS device) d
       CROSS JOIN LATERAL (
         SELECT e.id FROM drm.execution e
         WHERE e.tenant_id = (SELECT $1::uuid) AND e.device_id = d.device AND e.status = 'waiting' AND e.waiting_reason = 'device_busy'
         ORDER BY e.priority, e.ready_at LIMIT 1) n),
     lifted AS (
       UPDATE drm.execution e SET status = 'queued', waiting_reason = NULL, waiting_since = NULL, waiting_on = NULL
       FROM next n WHERE e.tenant_id = (SELECT $1::uuid) AND e.id = n.id AND e.status || '' = 'waiting' RETURNING e.job_id)
     ${countProgress(
       `SELECT job_id, s.status, s.n FROM lifted CROSS JOIN (VALUES ('waiting', -1), ('queued', 1)) s (status, n)
        UNION ALL SELECT * FROM unnest($4::uuid[], $5::text[], $6::int[])`,
       '$3::smallint',
     )}`,
    [
      tx.tenantId,
      deviceIds,
      shard,
      deltas.map((delta) => delta.jobId),
      deltas.map((delta) => delta.status),
      deltas.map((delta) => delta.n),
    ],
  );
}
