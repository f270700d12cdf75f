import type {
  DeviceOperation,
  ExecutionError,
  ExecutionStatus,
  JsonValue,
  OperationResult,
  WaitingReason,
} from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** An execution as lists show it. Times are ISO text. */
export interface ExecutionRecord {
  readonly id: string;
  readonly jobId: string;
  readonly targetKey: string;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly status: ExecutionStatus;
  readonly waitingReason: WaitingReason | null;
  readonly waitingSince: string | null;
  readonly waitingOn: string | null;
  readonly runAfter: string | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly error: ExecutionError | null;
  readonly result: OperationResult | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface DeviceExecutionRecord extends ExecutionRecord {
  readonly operation: DeviceOperation;
}

export interface TimelineRecord {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}

export interface FailureRecord {
  readonly code: string;
  readonly count: number;
  readonly error: ExecutionError;
  readonly sampleDeviceIds: string[];
}

const iso = (column: string, alias: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${alias}"`;

const COLUMNS = `e.id, e.job_id AS "jobId", e.target_key AS "targetKey", e.device_id AS "deviceId", d.name AS "deviceName",
  e.status, e.waiting_reason AS "waitingReason", ${iso('e.waiting_since', 'waitingSince')},
  e.waiting_on AS "waitingOn", ${iso('e.run_after', 'runAfter')}, e.attempt::int AS attempt,
  e.max_attempts::int AS "maxAttempts", e.error, r.payload AS result, ${iso('e.created_at', 'createdAt')},
  ${iso('e.started_at', 'startedAt')}, ${iso('e.ended_at', 'endedAt')}`;
const FROM = `drm.execution e
  LEFT JOIN drm.device d ON d.tenant_id = e.tenant_id AND d.id = e.device_id
  LEFT JOIN drm.execution_result r ON r.tenant_id = e.tenant_id AND r.execution_id = e.id`;

export interface ExecutionPageFilter {
  readonly jobId: string;
  /** `targetKey` of the last row of the page before. */
  readonly after: string | null;
  readonly limit: number;
  readonly status: ExecutionStatus | null;
  readonly errorCode: string | null;
}

export class ExecutionRepository {
  /** By target; one row more than `limit` when there is a next page. */
  async page(tx: TenantTx, filter: ExecutionPageFilter): Promise<ExecutionRecord[]> {
    const params: unknown[] = [tx.tenantId, filter.limit + 1, filter.jobId];
    const where = ['e.tenant_id = $1', 'e.job_id = $3'];
    const add = (condition: (index: number) => string, value: unknown): void => {
      params.push(value);
      where.push(condition(params.length));
    };
    if (filter.after !== null) add((n) => `e.target_key > $${n}`, filter.after);
    if (filter.status !== null) add((n) => `e.status = $${n}`, filter.status);
    if (filter.errorCode !== null)
      add((n) => `e.status = 'failed' AND e.error_code = $${n}`, filter.errorCode);
    return await tx.sql<ExecutionRecord>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.join(' AND ')} ORDER BY e.target_key LIMIT $2`,
      params,
    );
  }

  async find(tx: TenantTx, executionId: string): Promise<ExecutionRecord | null> {
    const rows = await tx.sql<ExecutionRecord>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE e.tenant_id = $1 AND e.id = $2`,
      [tx.tenantId, executionId],
    );
    return rows[0] ?? null;
  }

  /** What the tenant has under way, and how much it may have. */
  async inflight(tx: TenantTx): Promise<{ inflight: number; max: number }> {
    const rows = await tx.sql<{ inflight: number; max: number }>(
      `SELECT l.max_inflight AS max, (SELECT count(*)::int FROM drm.execution e
         WHERE e.tenant_id = $1 AND e.status IN ('dispatched', 'running')) AS inflight
       FROM drm.tenant_limit l WHERE l.tenant_id = $1`,
      [tx.tenantId],
    );
    return rows[0] ?? { inflight: 0, max: Infinity };
  }

  /** Newest first over all jobs of a device. */
  async pageOfDevice(
    tx: TenantTx,
    deviceId: string,
    after: string | null,
    limit: number,
  ): Promise<DeviceExecutionRecord[]> {
    return await tx.sql<DeviceExecutionRecord>(
      `SELECT ${COLUMNS}, j.spec AS operation FROM ${FROM} JOIN drm.job j ON j.tenant_id = e.tenant_id AND j.id = e.job_id
       WHERE e.tenant_id = $1 AND e.device_id = $2 AND ($3::uuid IS NULL OR e.id < $3::uuid)
       ORDER BY e.id DESC LIMIT $4`,
      [tx.tenantId, deviceId, after, limit + 1],
    );
  }

  async timeline(
    tx: TenantTx,
    executionId: string,
    after: number,
    limit: number,
  ): Promise<TimelineRecord[]> {
    return await tx.sql<TimelineRecord>(
      `SELECT e.seq, ${iso('e.at', 'at')}, e.kind, e.data FROM drm.execution_event e
       WHERE e.tenant_id = $1 AND e.execution_id = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4`,
      [tx.tenantId, executionId, after, limit + 1],
    );
  }

  /** Causes of failure of a job, the commonest first, with one error and at most five devices of each. */
  async failures(tx: TenantTx, jobId: string, limit: number): Promise<FailureRecord[]> {
    return await tx.sql<FailureRecord>(
      `SELECT g.code, g.count, s.error, s.ids AS "sampleDeviceIds" FROM (
         SELECT error_code AS code, count(*)::int AS count FROM drm.execution
         WHERE tenant_id = $1 AND job_id = $2 AND status = 'failed' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $3) g
       CROSS JOIN LATERAL (
         SELECT (array_agg(x.error))[1] AS error,
                coalesce(array_agg(x.device_id) FILTER (WHERE x.device_id IS NOT NULL), '{}') AS ids
         FROM (SELECT e.error, e.device_id FROM drm.execution e
               WHERE e.tenant_id = $1 AND e.job_id = $2 AND e.status = 'failed' AND e.error_code = g.code LIMIT 5) x) s
       ORDER BY g.count DESC, g.code`,
      [tx.tenantId, jobId, limit],
    );
  }

  /** Marks what runs; the runner learns it from its next heartbeat, sooner by a hint. */
  async requestCancel(tx: TenantTx, jobId: string): Promise<void> {
    await tx.execute(
      `UPDATE drm.execution SET cancel_requested = true
       WHERE tenant_id = $1 AND job_id = $2 AND status = 'running' AND NOT cancel_requested`,
      [tx.tenantId, jobId],
    );
  }

  /** Queued rows of a paused job leave the queue, so that they do not stand at its head. @returns how many */
  async holdForPause(tx: TenantTx, jobId: string, reason: string, shard: number): Promise<number> {
    const [row] = await tx.sql<{ n: number }>(
      `WITH held AS (
         UPDATE drm.execution SET status = 'waiting', waiting_reason = $3, waiting_since = now()
         WHERE tenant_id = $1 AND job_id = $2 AND status = 'queued' RETURNING 1),
       counted AS (
         INSERT INTO drm.job_progress AS p (tenant_id, job_id, shard, status, n)
         SELECT $1::uuid, $2::uuid, $4::smallint, s.status, s.n * x.n FROM (SELECT count(*) AS n FROM held) x,
           (VALUES ('queued', -1), ('waiting', 1)) s (status, n) WHERE x.n > 0 ORDER BY s.status
         ON CONFLICT (tenant_id, job_id, shard, status) DO UPDATE SET n = p.n + excluded.n)
       SELECT count(*)::int AS n FROM held`,
      [tx.tenantId, jobId, reason, shard],
    );
    return row?.n ?? 0;
  }

  /** The opposite of `holdForPause`. @returns how many */
  async releasePaused(tx: TenantTx, jobId: string, shard: number): Promise<number> {
    const [row] = await tx.sql<{ n: number }>(
      `WITH lifted AS (
         UPDATE drm.execution SET status = 'queued', waiting_reason = NULL, waiting_since = NULL, ready_at = now()
         WHERE tenant_id = $1 AND job_id = $2 AND status = 'waiting'
           AND waiting_reason IN ('job_paused', 'circuit_open') RETURNING 1),
       counted AS (
         INSERT INTO drm.job_progress AS p (tenant_id, job_id, shard, status, n)
         SELECT $1::uuid, $2::uuid, $3::smallint, s.status, s.n * x.n FROM (SELECT count(*) AS n FROM lifted) x,
           (VALUES ('queued', 1), ('waiting', -1)) s (status, n) WHERE x.n > 0 ORDER BY s.status
         ON CONFLICT (tenant_id, job_id, shard, status) DO UPDATE SET n = p.n + excluded.n)
       SELECT count(*)::int AS n FROM lifted`,
      [tx.tenantId, jobId, shard],
    );
    return row?.n ?? 0;
  }
}
