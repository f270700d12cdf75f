import type { DeviceIdentity } from '@drm/contracts';
import type { PackedValue } from '@drm/domain';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { jsonText } from './json-text.ts';
import { anyShard } from './progress.sql.ts';
import { unparkDevices } from './unpark.ts';

/** How a running execution goes on. `queued` and `waiting` come back, the others are for ever. */
export type FinishStatus = 'succeeded' | 'failed' | 'cancelled' | 'waiting' | 'queued';

export interface Finish {
  readonly executionId: string;
  readonly jobId: string;
  readonly deviceId: string | null;
  readonly fence: string;
  readonly to: FinishStatus;
  readonly waitingReason: string | null;
  /** Milliseconds from now until a waiting execution may run again. */
  readonly runAfterMs: number | null;
  /** JSON text of an ExecutionError. */
  readonly error: string | null;
  readonly errorCode: string | null;
  /** JSON text of an OperationResult. */
  readonly result: string | null;
  readonly mode: 'run' | 'verify';
  /** The start did not count: the process had to stop. */
  readonly giveBackAttempt: boolean;
  readonly values: ReadonlyMap<string, ReadonlyMap<string, PackedValue>> | null;
  readonly identity: DeviceIdentity | null;
  /** What the contact says of the device; null: nothing new. */
  readonly reachability: 'reachable' | 'unreachable' | null;
  readonly endpoint: { readonly id: string; readonly errorCode: string | null } | null;
}

const FINISH = `
  WITH f AS (
    SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::boolean[]) f (id, fence, status, reason, after_ms, error, code, result, mode, give_back)),
  done AS (
    UPDATE drm.execution e SET status = f.status, waiting_reason = f.reason,
      waiting_since = CASE WHEN f.status = 'waiting' THEN now() END,
      run_after = clock_timestamp() + make_interval(secs => f.after_ms / 1000.0),
      ready_at = CASE WHEN f.status = 'queued' THEN now() ELSE e.ready_at END,
      error = f.error::jsonb, error_code = f.code, mode = f.mode, lease_until = NULL, holder = NULL, dispatched_at = NULL,
      attempt = e.attempt - CASE WHEN f.give_back THEN 1 ELSE 0 END, event_seq = e.event_seq + 1,
      ended_at = CASE WHEN f.status IN ('succeeded', 'failed', 'cancelled') THEN clock_timestamp() END
    FROM f WHERE e.tenant_id = (SELECT $1::uuid) AND e.id = f.id AND e.fence = f.fence AND e.status || '' = 'running'
    RETURNING e.id, e.job_id, e.device_id, e.fence, e.status, e.event_seq, e.attempt, e.waiting_reason, e.error_code),
  released AS (
    UPDATE drm.device_lease l SET until = '-infinity', holder = NULL
    FROM done d WHERE l.tenant_id = (SELECT $1::uuid) AND l.device_id = d.device_id AND l.fence = d.fence),
  results AS (
    INSERT INTO drm.execution_result (tenant_id, execution_id, payload)
    SELECT $1, f.id, f.result::jsonb FROM f JOIN done d ON d.id = f.id WHERE f.result IS NOT NULL
    ON CONFLICT (tenant_id, execution_id) DO UPDATE SET payload = excluded.payload),
  told AS (
    INSERT INTO drm.execution_event (tenant_id, job_id, execution_id, seq, kind, data)
    SELECT $1, d.job_id, d.id, d.event_seq, d.status, jsonb_strip_nulls(jsonb_build_object('deviceId', d.device_id,
      'attempt', d.attempt, 'reason', d.waiting_reason, 'code', d.error_code)) FROM done d)
  SELECT id FROM done`;

/** Writes the end of a batch of one tenant's executions. */
export class FinishRepository {
  /**
   * @returns ids of the executions that were still ours; the others are stale and nothing of them was written
   */
  async finish(tx: TenantTx, batch: readonly Finish[]): Promise<Set<string>> {
    const devices = devicesOf(batch);
    const locked = tx.sql(
      `SELECT 1 FROM drm.device_lease WHERE tenant_id = (SELECT $1::uuid) AND device_id = ANY ($2::uuid[])
       ORDER BY device_id FOR UPDATE`,
      [tx.tenantId, devices],
    );
    const answered = tx.sql<{ id: string }>(FINISH, [
      tx.tenantId,
      batch.map((item) => item.executionId),
      batch.map((item) => item.fence),
      batch.map((item) => item.to),
      batch.map((item) => item.waitingReason),
      batch.map((item) => item.runAfterMs),
      batch.map((item) => item.error),
      batch.map((item) => item.errorCode),
      batch.map((item) => item.result),
      batch.map((item) => item.mode),
      batch.map((item) => item.giveBackAttempt),
    ]);
    await locked.catch((error: unknown) => {
      answered.catch(() => undefined);
      throw error;
    });
    const done = new Set((await answered).map((row) => row.id));
    const kept = batch.filter((item) => done.has(item.executionId));
    await this.writeValues(tx, kept);
    await this.writeContacts(tx, kept);
    await this.writeIdentities(tx, kept);
    const deltas = kept.flatMap((item) => [
      { jobId: item.jobId, status: 'running', n: -1 },
      { jobId: item.jobId, status: item.to as string, n: 1 },
    ]);
    if (kept.length > 0) await unparkDevices(tx, devicesOf(kept), anyShard(), deltas);
    return done;
  }

  private async writeValues(tx: TenantTx, batch: readonly Finish[]): Promise<void> {
    const devices: string[] = [];
    const chunks: string[] = [];
    const params: string[] = [];
    for (const item of batch) {
      if (item.deviceId === null) continue;
      for (const [chunk, values] of item.values ?? []) {
        devices.push(item.deviceId);
        chunks.push(chunk);
        params.push(jsonText(Object.fromEntries(values)));
      }
    }
    if (devices.length === 0) return;
    await tx.execute(
      `INSERT INTO drm.device_params AS p (tenant_id, device_id, chunk, params)
       SELECT $1, v.device, v.chunk, v.params::jsonb FROM unnest($2::uuid[], $3::text[], $4::text[]) v (device, chunk, params)
       WHERE EXISTS (SELECT 1 FROM drm.device d WHERE d.tenant_id = (SELECT $1::uuid) AND d.id = v.device)
       ORDER BY v.device, v.chunk
       ON CONFLICT (tenant_id, device_id, chunk)
       DO UPDATE SET params = p.params || excluded.params, collected_at = now()`,
      [tx.tenantId, devices, chunks, params],
    );
  }

  private async writeContacts(tx: TenantTx, batch: readonly Finish[]): Promise<void> {
    const contacts = batch.filter((item) => item.reachability !== null && item.deviceId !== null);
    if (contacts.length > 0) {
      await tx.execute(
        `UPDATE drm.device d SET reachability = c.reach,
           last_contact_at = CASE WHEN c.reach = 'reachable' THEN now() ELSE d.last_contact_at END
         FROM unnest($2::uuid[], $3::text[]) c (id, reach) WHERE d.tenant_id = (SELECT $1::uuid) AND d.id = c.id`,
        [
          tx.tenantId,
          contacts.map((item) => item.deviceId),
          contacts.map((item) => item.reachability),
        ],
      );
    }
    const endpoints = batch.flatMap((item) => (item.endpoint === null ? [] : [item.endpoint]));
    if (endpoints.length > 0) {
      await tx.execute(
        `UPDATE drm.device_endpoint p SET
           last_success_at = CASE WHEN c.code IS NULL THEN now() ELSE p.last_success_at END,
           last_error_code = coalesce(c.code, p.last_error_code),
           last_error_at = CASE WHEN c.code IS NOT NULL THEN now() ELSE p.last_error_at END
         FROM unnest($2::uuid[], $3::text[]) c (id, code) WHERE p.tenant_id = (SELECT $1::uuid) AND p.id = c.id`,
        [
          tx.tenantId,
          endpoints.map((endpoint) => endpoint.id),
          endpoints.map((endpoint) => endpoint.errorCode),
        ],
      );
    }
  }

  /** What a probe read; a name people gave stays. */
  private async writeIdentities(tx: TenantTx, batch: readonly Finish[]): Promise<void> {
    const probed = batch.flatMap((item) =>
      item.identity === null || item.deviceId === null
        ? []
        : [{ deviceId: item.deviceId, ...item.identity }],
    );
    if (probed.length === 0) return;
    await tx.execute(
      `UPDATE drm.device d SET vendor = coalesce(i.vendor, d.vendor), model = coalesce(i.model, d.model),
         software_version = coalesce(i.version, d.software_version), object_id = coalesce(i.object_id, d.object_id),
         description = coalesce(d.description, i.description), updated_at = now()
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         i (id, vendor, model, version, object_id, description)
       WHERE d.tenant_id = (SELECT $1::uuid) AND d.id = i.id`,
      [
        tx.tenantId,
        probed.map((item) => item.deviceId),
        probed.map((item) => clean(item.vendor, 120)),
        probed.map((item) => clean(item.model, 120)),
        probed.map((item) => clean(item.softwareVersion, 120)),
        probed.map((item) => clean(item.objectId, 255)),
        probed.map((item) => clean(item.description, 1000)),
      ],
    );
  }
}

/** PostgreSQL text holds no NUL, and a device may send anything. */
const clean = (text: string | null, max: number): string | null =>
  text === null ? null : text.replaceAll('\0', '').toWellFormed().slice(0, max);

const devicesOf = (batch: readonly Finish[]): string[] =>
  batch.flatMap((item) => (item.deviceId === null ? [] : [item.deviceId]));
