import type { DeviceOperation, JobCounts, JobState } from '@drm/contracts';
import { uuidV7, type Actor } from '@drm/domain';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** A job as the engine stores it. Times are ISO text, counters apart (`countsOf`). */
export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly spec: DeviceOperation;
  readonly protocol: string | null;
  readonly affinity: string;
  readonly priority: number;
  readonly requestedBy: Actor;
  readonly correlationId: string;
  readonly state: JobState;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly cancelling: boolean;
  /** Counters when somebody last resumed the job: the circuit breaker looks at what ended since. */
  readonly breakerFailed: number;
  readonly breakerEnded: number;
  readonly onUncertain: 'ask' | 'rerun' | 'fail';
  readonly maxAttempts: number;
  readonly deadlineMs: number;
  readonly targetCount: number;
  readonly retryOf: string | null;
  readonly requestHash: string;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly expiresAt: string;
}

export interface NewJob {
  readonly id: string;
  readonly name: string;
  readonly spec: DeviceOperation;
  readonly protocol: string | null;
  readonly affinity: string;
  readonly priority: number;
  readonly requestedBy: Actor;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  /** SHA-256 of the canonical request, hex. */
  readonly requestHash: string;
  readonly onUncertain: 'ask' | 'rerun' | 'fail';
  readonly maxAttempts: number;
  readonly deadlineMs: number;
  readonly expiresInSeconds: number;
  readonly retryOf: string | null;
}

const iso = (column: string, alias: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${alias}"`;

const COLUMNS = `j.id, j.name, j.kind, j.spec, j.protocol, j.affinity, j.priority::int AS priority,
  jsonb_build_object('kind', j.requested_kind, 'id', j.requested_id, 'name', j.requested_name) AS "requestedBy",
  j.correlation_id AS "correlationId", j.state, j.paused, j.paused_reason AS "pausedReason", j.cancelling,
  j.breaker_failed AS "breakerFailed", j.breaker_ended AS "breakerEnded",
  j.on_uncertain AS "onUncertain", j.max_attempts::int AS "maxAttempts", j.deadline_ms AS "deadlineMs",
  j.target_count AS "targetCount", j.retry_of AS "retryOf", encode(j.request_hash, 'hex') AS "requestHash",
  ${iso('j.created_at', 'createdAt')}, ${iso('j.ended_at', 'endedAt')}, ${iso('j.expires_at', 'expiresAt')}`;

export interface JobPageFilter {
  readonly after: string | null;
  readonly limit: number;
  readonly states: readonly JobState[];
  readonly kind: string | null;
  readonly deviceId: string | null;
}

export class JobRepository {
  /** False when a job with this idempotency key exists. */
  async insert(tx: TenantTx, job: NewJob): Promise<boolean> {
    const n = await tx.execute(
      `INSERT INTO drm.job (tenant_id, id, name, kind, spec, protocol, affinity, priority, requested_kind, requested_id,
         requested_name, correlation_id, idempotency_key, request_hash, state, on_uncertain, max_attempts, deadline_ms,
         expires_at, retry_of)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, decode($14, 'hex'), 'open', $15, $16, $17,
         now() + make_interval(secs => $18), $19)
       ON CONFLICT (tenant_id, idempotency_key) DO NOTHING`,
      [
        tx.tenantId,
        job.id,
        job.name,
        job.spec.kind,
        JSON.stringify(job.spec),
        job.protocol,
        job.affinity,
        job.priority,
        job.requestedBy.kind,
        job.requestedBy.id,
        job.requestedBy.name,
        job.correlationId,
        job.idempotencyKey,
        job.requestHash,
        job.onUncertain,
        job.maxAttempts,
        job.deadlineMs,
        job.expiresInSeconds,
        job.retryOf,
      ],
    );
    return n === 1;
  }

  async setTargets(tx: TenantTx, jobId: string, count: number, state: JobState): Promise<void> {
    await tx.execute(
      'UPDATE drm.job SET target_count = $3, state = $4 WHERE tenant_id = $1 AND id = $2',
      [tx.tenantId, jobId, count, state],
    );
  }

  async find(tx: TenantTx, jobId: string): Promise<JobRecord | null> {
    const rows = await tx.sql<JobRecord>(
      `SELECT ${COLUMNS} FROM drm.job j WHERE j.tenant_id = $1 AND j.id = $2`,
      [tx.tenantId, jobId],
    );
    return rows[0] ?? null;
  }

  async findByKey(tx: TenantTx, idempotencyKey: string): Promise<JobRecord | null> {
    const rows = await tx.sql<JobRecord>(
      `SELECT ${COLUMNS} FROM drm.job j WHERE j.tenant_id = $1 AND j.idempotency_key = $2`,
      [tx.tenantId, idempotencyKey],
    );
    return rows[0] ?? null;
  }

  /** Locks the job's row against a second cancel or expansion. */
  async lock(tx: TenantTx, jobId: string): Promise<JobRecord | null> {
    const rows = await tx.sql<JobRecord>(
      `SELECT ${COLUMNS} FROM drm.job j WHERE j.tenant_id = $1 AND j.id = $2 FOR UPDATE`,
      [tx.tenantId, jobId],
    );
    return rows[0] ?? null;
  }

  /** Newest first; one row more than `limit` when there is a next page. */
  async page(tx: TenantTx, filter: JobPageFilter): Promise<JobRecord[]> {
    const params: unknown[] = [tx.tenantId, filter.limit + 1];
    const where: string[] = ['j.tenant_id = $1'];
    const add = (condition: (index: number) => string, value: unknown): void => {
      params.push(value);
      where.push(condition(params.length));
    };
    if (filter.after !== null) add((n) => `j.id < $${n}::uuid`, filter.after);
    if (filter.states.length > 0) add((n) => `j.state = ANY ($${n}::text[])`, filter.states);
    if (filter.kind !== null) add((n) => `j.kind = $${n}`, filter.kind);
    if (filter.deviceId !== null) {
      add(
        (n) => `j.id IN (SELECT e.job_id FROM drm.execution e
                         WHERE e.tenant_id = $1 AND e.device_id = $${n}::uuid)`,
        filter.deviceId,
      );
    }
    return await tx.sql<JobRecord>(
      `SELECT ${COLUMNS} FROM drm.job j WHERE ${where.join(' AND ')} ORDER BY j.id DESC LIMIT $2`,
      params,
    );
  }

  /** Counters of several jobs in one statement. A job that counts nothing yet is absent. */
  async countsOf(
    tx: TenantTx,
    jobIds: readonly string[],
  ): Promise<Map<string, Partial<JobCounts>>> {
    const rows = await tx.sql<{ jobId: string; status: keyof JobCounts; n: number }>(
      `SELECT job_id AS "jobId", status, sum(n)::int AS n FROM drm.job_progress
       WHERE tenant_id = $1 AND job_id = ANY ($2::uuid[]) GROUP BY 1, 2`,
      [tx.tenantId, jobIds],
    );
    const counts = new Map<string, Partial<JobCounts>>();
    for (const row of rows) {
      counts.set(row.jobId, { ...counts.get(row.jobId), [row.status]: row.n });
    }
    return counts;
  }

  /** Number of jobs at work, at most `max`, with the tenant's limit and whether it is suspended. */
  async load(tx: TenantTx): Promise<{ open: number; max: number; suspended: boolean }> {
    const [row] = await tx.sql<{ open: number; max: number; suspended: boolean }>(
      `SELECT l.max_open_jobs AS max, l.suspended, (SELECT count(*)::int FROM (
         SELECT 1 FROM drm.job j WHERE j.tenant_id = $1 AND j.state IN ('expanding', 'open')
         LIMIT l.max_open_jobs) x) AS open
       FROM drm.tenant_limit l WHERE l.tenant_id = $1`,
      [tx.tenantId],
    );
    return row ?? { open: 0, max: 0, suspended: true };
  }

  async flagCancelling(tx: TenantTx, jobId: string): Promise<boolean> {
    const n = await tx.execute(
      `UPDATE drm.job SET cancelling = true, paused = false, paused_reason = NULL
       WHERE tenant_id = $1 AND id = $2 AND state <> 'ended' AND NOT cancelling`,
      [tx.tenantId, jobId],
    );
    return n === 1;
  }

  async pause(tx: TenantTx, jobId: string, reason: string): Promise<boolean> {
    const n = await tx.execute(
      `UPDATE drm.job SET paused = true, paused_reason = $3
       WHERE tenant_id = $1 AND id = $2 AND state <> 'ended' AND NOT paused AND NOT cancelling`,
      [tx.tenantId, jobId, reason],
    );
    return n === 1;
  }

  /** The circuit breaker forgets what failed until now: else it would stop the job again at once. */
  async resume(tx: TenantTx, jobId: string): Promise<boolean> {
    const n = await tx.execute(
      `UPDATE drm.job SET paused = false, paused_reason = NULL, breaker_failed = c.failed, breaker_ended = c.ended
       FROM (SELECT coalesce(sum(p.n) FILTER (WHERE p.status = 'failed'), 0) AS failed,
               coalesce(sum(p.n) FILTER (WHERE p.status IN ('succeeded', 'failed', 'cancelled', 'expired')), 0) AS ended
             FROM drm.job_progress p WHERE p.tenant_id = $1 AND p.job_id = $2) c
       WHERE tenant_id = $1 AND id = $2 AND state <> 'ended' AND paused`,
      [tx.tenantId, jobId],
    );
    return n === 1;
  }

  /**
   * Ends the job when no execution is open any more. True for the one caller that did it. Counters are summed by
   * their committed rows: call it after the commit of the last finish, or from the reconciler.
   */
  async endIfDone(tx: TenantTx, jobId: string): Promise<boolean> {
    const n = await tx.execute(
      `UPDATE drm.job j SET state = 'ended', ended_at = clock_timestamp(), paused = false, paused_reason = NULL
       WHERE j.tenant_id = $1 AND j.id = $2 AND j.state = 'open' AND j.target_count = (
         SELECT coalesce(sum(p.n) FILTER (WHERE p.status IN ('succeeded', 'failed', 'cancelled', 'expired')), -1)
         FROM drm.job_progress p WHERE p.tenant_id = $1 AND p.job_id = $2)`,
      [tx.tenantId, jobId],
    );
    return n === 1;
  }

  /** Jobs whose counters do not add up, largest gap first; all recent jobs when `onlyGaps` is false. */
  async ledger(tx: TenantTx, limit: number, after: string | null): Promise<JobRecord[]> {
    return await tx.sql<JobRecord>(
      `SELECT ${COLUMNS} FROM drm.job j WHERE j.tenant_id = $1 AND ($3::uuid IS NULL OR j.id < $3::uuid)
       ORDER BY j.id DESC LIMIT $2`,
      [tx.tenantId, limit + 1, after],
    );
  }

  /** Something to say outside after the commit; delivered at least once by the relay. */
  async announce(tx: TenantTx, topic: string, jobId: string): Promise<void> {
    await tx.execute(
      'INSERT INTO drm.outbox (tenant_id, id, topic, payload) VALUES ($1, $2, $3, $4)',
      [tx.tenantId, uuidV7(), topic, JSON.stringify({ jobId })],
    );
  }
}
