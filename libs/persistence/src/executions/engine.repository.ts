import type { TenantDb } from '../tenancy/tenant-db.ts';

/** A job may have a million rows. */
const RECOUNT_MS = 60_000;

export interface PickedExecution {
  readonly tenantId: string;
  readonly executionId: string;
  readonly deviceId: string | null;
  readonly attempt: number;
  readonly correlationId: string;
}

export interface Beat {
  readonly tenantId: string;
  readonly executionId: string;
  readonly fence: string;
  readonly seconds: number;
}

export interface OutboxRow {
  readonly tenantId: string;
  readonly id: string;
  readonly topic: string;
  readonly subject: string | null;
  readonly tries: number;
}

const PICKED = `tenant_id AS "tenantId", execution_id AS "executionId", device_id AS "deviceId", attempt,
  correlation_id AS "correlationId"`;

/** The engine's functions that cross tenants, and the tables that have none. Every call is one transaction. */
export class EngineRepository {
  constructor(private readonly db: TenantDb) {}

  async pick(affinity: string, window: number, limit: number): Promise<PickedExecution[]> {
    return await this.rows<PickedExecution>(`SELECT ${PICKED} FROM engine.pick($1, $2, $3)`, [
      affinity,
      window,
      limit,
    ]);
  }

  /** Dispatched executions whose wake-up seems lost. */
  async poll(affinity: string, olderSeconds: number, limit: number): Promise<PickedExecution[]> {
    return await this.rows<PickedExecution>(`SELECT ${PICKED} FROM engine.poll($1, $2, $3)`, [
      affinity,
      olderSeconds,
      limit,
    ]);
  }

  async promote(limit: number): Promise<number> {
    return await this.count('SELECT engine.promote($1) AS n', [limit]);
  }

  async expire(limit: number): Promise<number> {
    return await this.count('SELECT engine.expire($1) AS n', [limit]);
  }

  async cancelChunk(limit: number): Promise<number> {
    return await this.count('SELECT engine.cancel_chunk($1) AS n', [limit]);
  }

  async sweep(limit: number): Promise<number> {
    return await this.count('SELECT engine.sweep($1) AS n', [limit]);
  }

  async reap(
    dispatchSeconds: number,
    graceSeconds: number,
  ): Promise<{ late: number; crashed: number; poisoned: number }> {
    const [row] = await this.rows<{ late: number; crashed: number; poisoned: number }>(
      'SELECT late, crashed, poisoned FROM engine.reap($1, $2)',
      [dispatchSeconds, graceSeconds],
    );
    return row ?? { late: 0, crashed: 0, poisoned: 0 };
  }

  /** Extends the leases of `beats`. @returns those still owned, with the wish to cancel; the others are lost */
  async heartbeat(holder: string, beats: readonly Beat[]): Promise<Map<string, boolean>> {
    const rows = await this.rows<{ id: string; cancel: boolean }>(
      'SELECT execution_id AS id, cancel FROM engine.heartbeat($1, $2, $3, $4, $5)',
      [
        holder,
        beats.map((beat) => beat.tenantId),
        beats.map((beat) => beat.executionId),
        beats.map((beat) => beat.fence),
        beats.map((beat) => beat.seconds),
      ],
    );
    return new Map(rows.map((row) => [row.id, row.cancel]));
  }

  async jobsToEnd(limit: number): Promise<{ tenantId: string; jobId: string }[]> {
    return await this.rows(
      'SELECT tenant_id AS "tenantId", job_id AS "jobId" FROM engine.jobs_to_end($1)',
      [limit],
    );
  }

  async expandingJobs(limit: number): Promise<{ tenantId: string; jobId: string }[]> {
    return await this.rows(
      'SELECT tenant_id AS "tenantId", job_id AS "jobId" FROM engine.expanding_jobs($1)',
      [limit],
    );
  }

  async ledger(recentSeconds: number): Promise<{ jobs: number; gaps: number; gap: number }> {
    const [row] = await this.rows<{ jobs: number; gaps: number; gap: number }>(
      'SELECT jobs, gaps, gap::float8 AS gap FROM engine.ledger($1)',
      [recentSeconds],
    );
    return row ?? { jobs: 0, gaps: 0, gap: 0 };
  }

  /** @returns in how many statuses the counters of a job differ from its rows */
  async recount(tenantId: string, jobId: string): Promise<number> {
    return await this.count('SELECT engine.recount($1, $2) AS n', [tenantId, jobId], RECOUNT_MS);
  }

  /** Why executions wait, of at most `limit` of them. */
  async waiting(limit: number): Promise<{ code: string; n: number }[]> {
    return await this.rows('SELECT code, n::float8 AS n FROM engine.waiting($1)', [limit]);
  }

  async stats(): Promise<{ affinity: string; status: string; n: number }[]> {
    return await this.rows('SELECT affinity, status, n::float8 AS n FROM engine.stats()', []);
  }

  /** Seconds the oldest queued execution has waited; 0 when none waits. */
  async oldestQueued(affinity: string): Promise<number> {
    return await this.count('SELECT engine.oldest_queued($1) AS n', [affinity]);
  }

  async outboxAge(): Promise<number> {
    return await this.count('SELECT engine.outbox_age() AS n', []);
  }

  /** Tenants with jobs that have ended, or with jobs at work. */
  async tenantsWithWork(kind: 'ended-jobs' | 'open-jobs'): Promise<string[]> {
    const rows = await this.rows<{ id: string }>(
      'SELECT tenant_id AS id FROM engine.tenants_with_work($1)',
      [kind],
    );
    return rows.map((row) => row.id);
  }

  async claimOutbox(limit: number, seconds: number): Promise<OutboxRow[]> {
    return await this.rows<OutboxRow>(
      'SELECT tenant_id AS "tenantId", id, topic, subject, tries FROM engine.claim_outbox($1, $2)',
      [limit, seconds],
    );
  }

  async outboxDone(rows: readonly OutboxRow[]): Promise<void> {
    await this.count('SELECT engine.outbox_done($1, $2) AS n', [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.id),
    ]);
  }

  /** Tells that this process lives, and how much it can take. @returns slots of all living runners of the app */
  async register(runner: {
    readonly id: string;
    readonly app: string;
    readonly slots: number;
    readonly protocols: readonly string[];
  }): Promise<number> {
    const [row] = await this.rows<{ slots: number }>(
      `WITH mine AS (
         INSERT INTO drm.runner (id, app, slots, protocols) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET seen_at = now(), slots = excluded.slots RETURNING slots)
       SELECT ((SELECT slots FROM mine) + coalesce((SELECT sum(slots) FROM drm.runner
         WHERE app = $2 AND id <> $1 AND seen_at > now() - interval '20 seconds'), 0))::int AS slots`,
      [runner.id, runner.app, runner.slots, runner.protocols],
    );
    return row?.slots ?? runner.slots;
  }

  async unregister(id: string): Promise<void> {
    await this.rows("DELETE FROM drm.runner WHERE id = $1 OR seen_at < now() - interval '1 day'", [
      id,
    ]);
  }

  /** One leader a name: true while this holder has the lease. */
  async lead(name: string, holder: string, seconds: number): Promise<boolean> {
    const rows = await this.rows<{ name: string }>(
      `INSERT INTO drm.cron_lease AS c (name, holder, until) VALUES ($1, $2, now() + make_interval(secs => $3))
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
       WHERE c.until < now() OR c.holder = excluded.holder RETURNING name`,
      [name, holder, seconds],
    );
    return rows.length === 1;
  }

  private async rows<Row extends object>(
    text: string,
    params: readonly unknown[],
    timeoutMs?: number,
  ): Promise<Row[]> {
    const options = { retry: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return await this.db.asSystem('engine', (tx) => tx.sql<Row>(text, params), options);
  }

  private async count(
    text: string,
    params: readonly unknown[],
    timeoutMs?: number,
  ): Promise<number> {
    const [row] = await this.rows<{ n: number }>(text, params, timeoutMs);
    return row?.n ?? 0;
  }
}
