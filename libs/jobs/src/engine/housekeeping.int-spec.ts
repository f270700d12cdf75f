import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineRepository, type TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { JobService } from '../jobs/job.service.ts';
import { aContext, ledgerFaults, someDevices } from '../testing/engine-bench.ts';
import { LocalHints } from './hints.ts';
import { Recount } from './recount.ts';
import { Retention } from './retention.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let engine: EngineRepository;
let admin: DataSource;

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker');
  engine = new EngineRepository(worker);
  admin = await database.source('admin', 1);
}, 60_000);
afterAll(() => database.drop());

const submit = async (tenantId: string, devices: number) =>
  new JobService(api, new LocalHints()).submit(aContext(tenantId), {
    operation: { kind: 'probe' },
    targets: { deviceIds: await someDevices(api, tenantId, devices) },
  });

const rowsOf = async (table: string, tenantId: string): Promise<number> => {
  const [row] = await admin.query<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM drm.${table} WHERE tenant_id = $1`,
    [tenantId],
  );
  return row?.n ?? 0;
};

describe('retention', () => {
  it('forgets ended jobs after the time their tenant set, with all that hangs on them', async () => {
    const [brief, standard] = [await database.aTenant(), await database.aTenant()];
    await api.run(brief.id, (tx) =>
      tx.execute(
        "INSERT INTO drm.setting (tenant_id, key, value) VALUES ($1, 'jobs.retention_days', '7')",
        [brief.id],
      ),
    );
    for (const { id } of [brief, standard]) {
      const [old, young] = [await submit(id, 3), await submit(id, 2)];
      await submit(id, 1);
      for (const [job, days] of [
        [old, 8],
        [young, 6],
      ] as const) {
        await admin.query(
          "UPDATE drm.job SET state = 'ended', ended_at = now() - make_interval(days => $2) WHERE id = $1",
          [job.id, days],
        );
        await admin.query(
          `INSERT INTO drm.execution_event (tenant_id, job_id, execution_id, seq, kind)
           SELECT tenant_id, job_id, id, 1, 'running' FROM drm.execution WHERE job_id = $1`,
          [job.id],
        );
        await admin.query(
          `INSERT INTO drm.execution_result (tenant_id, execution_id, payload)
           SELECT tenant_id, id, '{}' FROM drm.execution WHERE job_id = $1`,
          [job.id],
        );
      }
    }
    await expect(new Retention(worker, engine).run()).resolves.toBe(1);
    expect(await rowsOf('job', brief.id)).toBe(2);
    expect(await rowsOf('execution', brief.id)).toBe(3);
    expect(await rowsOf('execution_event', brief.id)).toBe(2);
    expect(await rowsOf('execution_result', brief.id)).toBe(2);
    expect(await rowsOf('job', standard.id)).toBe(3);
    expect(await rowsOf('execution', standard.id)).toBe(6);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('does not stop at the first hundred jobs of a tenant', async () => {
    const tenant = await database.aTenant();
    const job = await submit(tenant.id, 1);
    await admin.query(
      `INSERT INTO drm.job (tenant_id, id, name, kind, spec, requested_kind, requested_name, correlation_id,
         request_hash, state, max_attempts, deadline_ms, expires_at, ended_at)
       SELECT tenant_id, gen_random_uuid(), name, kind, spec, requested_kind, requested_name, correlation_id,
         request_hash, 'ended', max_attempts, deadline_ms, expires_at, now() - interval '91 days'
       FROM drm.job, generate_series(1, 230) WHERE id = $1`,
      [job.id],
    );
    await expect(new Retention(worker, engine).run()).resolves.toBe(230);
    expect(await rowsOf('job', tenant.id)).toBe(1);
  }, 30_000);
});

describe('the recount', () => {
  it('sets wrong counters right, says so in the audit log, and leaves right ones alone', async () => {
    const tenant = await database.aTenant();
    const [lost, made, right] = [
      await submit(tenant.id, 5),
      await submit(tenant.id, 4),
      await submit(tenant.id, 3),
    ];
    await admin.query("UPDATE drm.job_progress SET n = 3, status = 'queued' WHERE job_id = $1", [
      lost.id,
    ]);
    await admin.query(
      "INSERT INTO drm.job_progress (tenant_id, job_id, shard, status, n) VALUES ($1, $2, 3, 'running', 2)",
      [tenant.id, made.id],
    );
    expect(await ledgerFaults(database)).not.toEqual([]);
    const recount = new Recount(worker, engine);
    // Two at once add the difference once.
    const repaired = await Promise.all([recount.run(), recount.run()]);
    expect(repaired[0] + repaired[1]).toBe(2);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
    await expect(engine.ledger(60)).resolves.toMatchObject({ gap: 0 });
    const lines = await admin.query<{ target: string; data: object }[]>(
      `SELECT target_id AS target, data FROM drm.audit_event
       WHERE tenant_id = $1 AND action = 'job.recount' ORDER BY target_id`,
      [tenant.id],
    );
    expect(lines).toEqual([
      { target: lost.id, data: { queued: 2 } },
      { target: made.id, data: { running: -2 } },
    ]);
    expect(lines.some((line) => line.target === right.id)).toBe(false);
    await expect(recount.run()).resolves.toBe(0);
  }, 30_000);
});

describe('the reasons of waiting', () => {
  it('are counted by code, of as many rows as are asked for', async () => {
    const tenant = await database.aTenant();
    const job = await submit(tenant.id, 5);
    await admin.query(
      `UPDATE drm.execution SET status = 'waiting', waiting_reason = CASE target_key WHEN
         (SELECT min(target_key) FROM drm.execution WHERE job_id = $1) THEN 'backoff' ELSE 'device_offline' END
       WHERE job_id = $1`,
      [job.id],
    );
    const counted = await engine.waiting(1000);
    expect(counted.sort((a, b) => a.n - b.n)).toEqual([
      { code: 'backoff', n: 1 },
      { code: 'device_offline', n: 4 },
    ]);
    const some = await engine.waiting(2);
    expect(some.reduce((sum, one) => sum + one.n, 0)).toBe(2);
  }, 30_000);
});
