import type { JsonValue } from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { anyShard, countProgress } from './progress.sql.ts';
import { unparkDevices } from './unpark.ts';

/** What a bell message carries for one execution: ids only. */
export interface WakeUp {
  readonly executionId: string;
  readonly deviceId: string | null;
  /** Attempts before this start; a wake-up of another attempt is late and dropped. */
  readonly attempt: number;
}

export interface ClaimSettings {
  readonly holder: string;
  readonly leaseSeconds: number;
  readonly graceSeconds: number;
}

/** An execution this process now holds, device included. */
export interface ClaimedExecution {
  readonly executionId: string;
  readonly jobId: string;
  readonly deviceId: string | null;
  /** Counts this start. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly crashes: number;
  readonly mode: 'run' | 'verify';
  /** Decimal text: larger than a JavaScript integer may be. */
  readonly fence: string;
  readonly step: JsonValue | null;
  /** Milliseconds since the first start of this execution; its deadline counts from there. */
  readonly elapsedMs: number;
}

/** Why a wake-up led to nothing: somebody else's lease, no device any more, a paused job. */
export type Refusal = 'busy' | 'gone' | 'paused';

export interface ClaimResult {
  readonly claimed: readonly ClaimedExecution[];
  readonly refused: readonly Refusal[];
}

interface Row extends ClaimedExecution {
  readonly outcome: 'claimed' | Refusal;
}

const GONE = JSON.stringify({
  class: 'permanent',
  code: 'device_deleted',
  message: 'The device was deleted before the operation began.',
  hint: null,
  native: null,
  path: null,
});

// `status || ''`: no partial index fits, so rows are looked up by their key (see progress.sql.ts).
/** `p` places the execution as its check says; each branch is a compare-and-set on `dispatched`. */
const CLAIM = `
  WITH wake AS (SELECT * FROM unnest($2::uuid[], $3::int[]) w (id, attempt)),
  checked AS MATERIALIZED (
    SELECT e.id, greatest(l.fence, p.epoch::bigint << 32) + 1 AS fence, j.paused_reason, l.until,
      CASE WHEN l.device_id IS NULL AND e.device_id IS NOT NULL THEN 'gone'
           WHEN l.holder IS DISTINCT FROM $4 AND l.until + make_interval(secs => $6) > clock_timestamp() THEN 'busy'
           WHEN j.paused THEN 'paused' ELSE 'claimed' END AS outcome
    FROM wake w
    JOIN drm.execution e ON e.tenant_id = (SELECT $1::uuid) AND e.id = w.id AND e.status || '' = 'dispatched' AND e.attempt = w.attempt
    JOIN drm.job j ON j.tenant_id = (SELECT $1::uuid) AND j.id = e.job_id AND NOT j.cancelling
    LEFT JOIN drm.device_lease l ON l.tenant_id = (SELECT $1::uuid) AND l.device_id = e.device_id
    CROSS JOIN drm.engine_epoch p),
  claimed AS (
    UPDATE drm.execution e SET status = 'running', attempt = e.attempt + 1, fence = c.fence, holder = $4,
      lease_until = clock_timestamp() + make_interval(secs => $5), waiting_reason = NULL, waiting_since = NULL,
      waiting_on = NULL, started_at = coalesce(e.started_at, clock_timestamp()), event_seq = e.event_seq + 1
    FROM checked c
    WHERE c.outcome = 'claimed' AND e.tenant_id = (SELECT $1::uuid) AND e.id = c.id AND e.status || '' = 'dispatched'
    RETURNING e.*),
  refused AS (
    UPDATE drm.execution e SET
      status = CASE c.outcome WHEN 'gone' THEN 'failed' ELSE 'waiting' END,
      waiting_reason = CASE c.outcome WHEN 'busy' THEN 'backoff' WHEN 'paused' THEN coalesce(c.paused_reason, 'job_paused') END,
      waiting_since = CASE c.outcome WHEN 'gone' THEN NULL ELSE now() END,
      run_after = CASE c.outcome WHEN 'busy' THEN c.until + make_interval(secs => $6) END,
      error = CASE c.outcome WHEN 'gone' THEN $7::jsonb ELSE e.error END,
      error_code = CASE c.outcome WHEN 'gone' THEN 'device_deleted' ELSE e.error_code END,
      ended_at = CASE c.outcome WHEN 'gone' THEN clock_timestamp() END, event_seq = e.event_seq + 1
    FROM checked c
    WHERE c.outcome <> 'claimed' AND e.tenant_id = (SELECT $1::uuid) AND e.id = c.id AND e.status || '' = 'dispatched'
    RETURNING e.*, c.outcome),
  leased AS (
    UPDATE drm.device_lease l SET fence = c.fence, holder = $4, until = c.lease_until
    FROM claimed c WHERE l.tenant_id = (SELECT $1::uuid) AND l.device_id = c.device_id),
  told AS (
    INSERT INTO drm.execution_event (tenant_id, job_id, execution_id, seq, kind, data)
    SELECT $1, x.job_id, x.id, x.event_seq, x.status, jsonb_strip_nulls(jsonb_build_object('deviceId', x.device_id,
      'attempt', x.attempt, 'reason', x.waiting_reason, 'code', x.error_code))
    FROM (SELECT job_id, id, event_seq, status, device_id, attempt, waiting_reason, error_code FROM claimed
          UNION ALL SELECT job_id, id, event_seq, status, device_id, attempt, waiting_reason, error_code FROM refused) x),
  counted AS (${countProgress(
    `SELECT job_id, 'dispatched' AS status, -1 AS n FROM claimed
     UNION ALL SELECT job_id, 'dispatched', -1 FROM refused
     UNION ALL SELECT job_id, status, 1 FROM claimed
     UNION ALL SELECT job_id, status, 1 FROM refused`,
    '$8::smallint',
  )})
  SELECT 'claimed' AS outcome, id AS "executionId", job_id AS "jobId", device_id AS "deviceId", attempt::int AS attempt,
    max_attempts::int AS "maxAttempts", crashes::int AS crashes, mode, fence::text AS fence, step,
    (extract(epoch FROM clock_timestamp() - started_at) * 1000)::int AS "elapsedMs" FROM claimed
  UNION ALL
  SELECT outcome, id, job_id, device_id, attempt::int, max_attempts::int, crashes::int, mode, fence::text, step, 0 FROM refused`;

/** Takes executions and their devices for a process. The caller's transaction is one batch of one tenant. */
export class ClaimRepository {
  /** Wake-ups that are late or doubled are missing from the answer. */
  async claim(
    tx: TenantTx,
    wakeUps: readonly WakeUp[],
    settings: ClaimSettings,
  ): Promise<ClaimResult> {
    const devices = wakeUps.flatMap((wake) => (wake.deviceId === null ? [] : [wake.deviceId]));
    const shard = anyShard();
    // A statement of its own: the next one's snapshot must be younger than the locks.
    const locked = tx.sql(
      `SELECT 1 FROM drm.device_lease WHERE tenant_id = (SELECT $1::uuid) AND device_id = ANY ($2::uuid[])
       ORDER BY device_id FOR UPDATE`,
      [tx.tenantId, devices],
    );
    const answered = tx.sql<Row>(CLAIM, [
      tx.tenantId,
      wakeUps.map((wake) => wake.executionId),
      wakeUps.map((wake) => wake.attempt),
      settings.holder,
      settings.leaseSeconds,
      settings.graceSeconds,
      GONE,
      shard,
    ]);
    await locked.catch((error: unknown) => {
      answered.catch(() => undefined);
      throw error;
    });
    const rows = await answered;
    const refused = rows.filter((row) => row.outcome !== 'claimed');
    const freed = refused.flatMap((row) => (row.deviceId === null ? [] : [row.deviceId]));
    if (freed.length > 0) await unparkDevices(tx, freed, shard);
    return {
      claimed: rows.filter((row) => row.outcome === 'claimed'),
      refused: refused.map((row) => row.outcome as Refusal),
    };
  }
}
