import type { Overview } from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { COUNT_CAP } from './device-list.ts';

type Count = Overview['devices']['total'];
export type OpenExecutions = Overview['executions'];
export type RecentFailure = Overview['recentFailures'][number];

interface Counted {
  readonly name: string;
  readonly count: number;
}

const AFFINITIES = ['worker', 'session', 'connection'];
/** Failures are looked for in this many jobs, newest first. */
const RECENT_JOBS = 50;

const capped = (count: number): Count =>
  count > COUNT_CAP ? { count: COUNT_CAP, exact: false } : { count, exact: true };

/** The figures of the first page. Each is read from an index up to a cap, so that a large fleet costs no more. */
export class OverviewRepository {
  async devices(tx: TenantTx): Promise<Overview['devices']> {
    const of = (condition: string): string =>
      `(SELECT count(*)::int FROM (SELECT 1 FROM drm.device d WHERE d.tenant_id = $1 AND ${condition}
         ORDER BY d.id LIMIT ${COUNT_CAP + 1}) c)`;
    const [row] = await tx.sql<Record<keyof Overview['devices'], number | null>>(
      `SELECT (SELECT devices FROM drm.tenant_limit WHERE tenant_id = $1) AS total,
         ${of("d.reachability = 'reachable'")} AS reachable,
         ${of("d.reachability = 'unreachable'")} AS unreachable,
         ${of("d.reachability = 'unknown'")} AS unknown,
         ${of('d.simulated')} AS simulated`,
      [tx.tenantId],
    );
    return {
      total: { count: row?.total ?? 0, exact: true },
      reachable: capped(row?.reachable ?? 0),
      unreachable: capped(row?.unreachable ?? 0),
      unknown: capped(row?.unknown ?? 0),
      simulated: capped(row?.simulated ?? 0),
    };
  }

  /** Protocols in use, each with its devices; jumps from protocol to protocol in the index. */
  async protocols(tx: TenantTx): Promise<Overview['protocols']> {
    const rows = await tx.sql<Counted>(
      `WITH RECURSIVE found AS (
         (SELECT e.protocol FROM drm.device_endpoint e WHERE e.tenant_id = $1 ORDER BY e.protocol LIMIT 1)
         UNION ALL
         SELECT s.protocol FROM found f CROSS JOIN LATERAL (SELECT e.protocol FROM drm.device_endpoint e
           WHERE e.tenant_id = $1 AND e.protocol > f.protocol ORDER BY e.protocol LIMIT 1) s)
       SELECT f.protocol AS name, (SELECT count(*)::int FROM (SELECT DISTINCT e.device_id
           FROM drm.device_endpoint e WHERE e.tenant_id = $1 AND e.protocol = f.protocol
           ORDER BY e.device_id LIMIT ${COUNT_CAP + 1}) c) AS count
       FROM found f ORDER BY f.protocol`,
      [tx.tenantId],
    );
    return rows.map(({ name, count }) => ({ protocol: name, devices: capped(count) }));
  }

  /** From the counters of the jobs that have not ended. */
  async openExecutions(tx: TenantTx): Promise<OpenExecutions> {
    const rows = await tx.sql<Counted>(
      `SELECT p.status AS name, sum(p.n)::int AS count FROM drm.job j
         JOIN drm.job_progress p ON p.tenant_id = $1 AND p.job_id = j.id
       WHERE j.tenant_id = $1 AND j.state IN ('expanding', 'open') GROUP BY p.status`,
      [tx.tenantId],
    );
    const of = (name: string): number => rows.find((row) => row.name === name)?.count ?? 0;
    return {
      queued: of('queued'),
      waiting: of('waiting'),
      dispatched: of('dispatched'),
      running: of('running'),
    };
  }

  /** Seconds the longest-waiting queued execution has been ready; null when none is. */
  async oldestQueuedSeconds(tx: TenantTx): Promise<number | null> {
    const [row] = await tx.sql<{ seconds: number | null }>(
      `SELECT extract(epoch FROM now() - min(e.ready_at))::float8 AS seconds
       FROM unnest($2::text[]) AS a (affinity) CROSS JOIN generate_series(0, 9) AS p (priority)
       CROSS JOIN LATERAL (SELECT e.ready_at FROM drm.execution e WHERE e.status = 'queued'
         AND e.affinity = a.affinity AND e.tenant_id = $1 AND e.priority = p.priority::smallint
         ORDER BY e.ready_at, e.id LIMIT 1) e`,
      [tx.tenantId, AFFINITIES],
    );
    return row?.seconds == null ? null : Math.max(0, row.seconds);
  }

  async recentFailures(tx: TenantTx, limit: number): Promise<RecentFailure[]> {
    const rows = await tx.sql<Omit<RecentFailure, 'at'> & { at: Date }>(
      `SELECT e.id AS "executionId", j.id AS "jobId", j.name AS "jobName", e.device_id AS "deviceId",
         d.name AS "deviceName", coalesce(e.error_code, 'internal') AS code,
         coalesce(e.error ->> 'message', '') AS message, coalesce(e.ended_at, e.created_at) AS at
       FROM (SELECT j.id, j.name FROM drm.job j WHERE j.tenant_id = $1 ORDER BY j.id DESC LIMIT ${RECENT_JOBS}) j
       CROSS JOIN LATERAL (SELECT * FROM drm.execution e WHERE e.tenant_id = $1 AND e.job_id = j.id
         AND e.status = 'failed' LIMIT $2) e
       LEFT JOIN drm.device d ON d.tenant_id = $1 AND d.id = e.device_id
       ORDER BY at DESC LIMIT $2`,
      [tx.tenantId, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}
