import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreateJob } from '@drm/contracts';
import { EngineRepository, type TenantDb } from '@drm/persistence';
import { TestDatabase, type TestTenant } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { Expander } from '../engine/expander.ts';
import { LocalHints } from '../engine/hints.ts';
import { aContext, ledgerFaults, someDevices } from '../testing/engine-bench.ts';
import { JobService } from './job.service.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let admin: DataSource;
let jobs: JobService;
let tenant: TestTenant;
let devices: string[];

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker');
  admin = await database.source('admin', 1);
  jobs = new JobService(api, new LocalHints());
  tenant = await database.aTenant();
  devices = await someDevices(api, tenant.id, 4);
}, 60_000);
afterAll(() => database.drop());

const aJob = (deviceIds: string[], override: Partial<CreateJob> = {}): CreateJob => ({
  operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
  targets: { deviceIds },
  ...override,
});

describe('submit', () => {
  it('answers the same job for the same key and request', async () => {
    const ctx = aContext(tenant.id);
    const first = await jobs.submit(ctx, aJob(devices), { idempotencyKey: 'k1' });
    const second = await jobs.submit(ctx, aJob(devices), { idempotencyKey: 'k1' });
    expect(second.id).toBe(first.id);
  });

  it("takes the tenant's own attempts and expiry where the request says nothing", async () => {
    const choosy = await database.aTenant();
    const ids = await someDevices(api, choosy.id, 1);
    const ctx = aContext(choosy.id);
    await api.run(choosy.id, (tx) =>
      tx.sql(
        `INSERT INTO drm.setting (tenant_id, key, value)
         VALUES ($1, 'jobs.max_attempts', '7'), ($1, 'jobs.default_expiry_hours', '2')`,
        [choosy.id],
      ),
    );
    const hours = (job: { createdAt: string; expiresAt: string }): number =>
      Math.round((Date.parse(job.expiresAt) - Date.parse(job.createdAt)) / 3_600_000);
    const plain = await jobs.submit(ctx, aJob(ids));
    const own = await jobs.submit(ctx, aJob(ids, { maxAttempts: 1, expiresInSeconds: 36_000 }));
    expect([hours(plain), hours(own)]).toEqual([2, 10]);
    const attempts = async (jobId: string): Promise<number | undefined> =>
      (await jobs.executionsOf(ctx, jobId, { limit: 1 })).items[0]?.maxAttempts;
    expect([await attempts(plain.id), await attempts(own.id)]).toEqual([7, 1]);
  });

  it('refuses the same key with another request', async () => {
    const ctx = aContext(tenant.id);
    await jobs.submit(ctx, aJob(devices), { idempotencyKey: 'k2' });
    await expect(
      jobs.submit(ctx, aJob(devices.slice(1)), { idempotencyKey: 'k2' }),
    ).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('makes one job of parallel requests with one key', async () => {
    const ctx = aContext(tenant.id);
    const made = await Promise.all(
      Array.from({ length: 4 }, () => jobs.submit(ctx, aJob(devices), { idempotencyKey: 'k3' })),
    );
    expect(new Set(made.map((job) => job.id)).size).toBe(1);
  });

  it('keeps keys of tenants apart, and makes two jobs without a key', async () => {
    const other = await database.aTenant();
    const theirs = await someDevices(api, other.id, 1);
    const a = await jobs.submit(aContext(tenant.id), aJob(devices), { idempotencyKey: 'k4' });
    const b = await jobs.submit(aContext(other.id), aJob(theirs), { idempotencyKey: 'k4' });
    expect(a.id).not.toBe(b.id);
    const c = await jobs.submit(aContext(tenant.id), aJob(devices));
    const d = await jobs.submit(aContext(tenant.id), aJob(devices));
    expect(c.id).not.toBe(d.id);
  });

  it("answers another tenant's device and an unknown one alike, and stores nothing", async () => {
    const other = await database.aTenant();
    const [theirs] = await someDevices(api, other.id, 1);
    const before = await jobs.list(aContext(tenant.id), { limit: 200 });
    for (const foreign of [theirs ?? '', '00000000-0000-7000-8000-000000000000']) {
      await expect(
        jobs.submit(aContext(tenant.id), aJob([...devices, foreign])),
      ).rejects.toMatchObject({ code: 'device.not_found' });
    }
    const after = await jobs.list(aContext(tenant.id), { limit: 200 });
    expect(after.items).toHaveLength(before.items.length);
  });

  it('refuses a filter nothing matches, and a tenant that is suspended or at its limit', async () => {
    const other = await database.aTenant();
    const ctx = aContext(other.id);
    const ids = await someDevices(api, other.id, 1);
    await expect(
      jobs.submit(ctx, { ...aJob([]), targets: { filter: { q: 'nothing like it' } } }),
    ).rejects.toMatchObject({ code: 'job.no_targets' });
    await admin.query('UPDATE drm.tenant_limit SET max_open_jobs = 1 WHERE tenant_id = $1', [
      other.id,
    ]);
    await jobs.submit(ctx, aJob(ids));
    await expect(jobs.submit(ctx, aJob(ids))).rejects.toMatchObject({ code: 'quota.exceeded' });
    await admin.query('UPDATE drm.tenant_limit SET suspended = true WHERE tenant_id = $1', [
      other.id,
    ]);
    await expect(jobs.submit(ctx, aJob(ids))).rejects.toMatchObject({ code: 'tenant.suspended' });
  });

  it('does not show a job to another tenant', async () => {
    const other = await database.aTenant();
    const job = await jobs.submit(aContext(tenant.id), aJob(devices));
    const ctx = aContext(other.id);
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => jobs.get(ctx, job.id),
      () => jobs.cancel(ctx, job.id),
      () => jobs.failures(ctx, job.id),
      () => jobs.retryFailed(ctx, job.id),
      () => jobs.executionsOf(ctx, job.id, { limit: 10 }),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject({ code: 'job.not_found' });
  });
});

describe('a job over more devices than one transaction makes', () => {
  it('freezes its targets and expands them in chunks, again and again without doubling', async () => {
    const large = await database.aTenant();
    const ctx = aContext(large.id);
    for (let n = 0; n < 3; n += 1) await someDevices(api, large.id, 3500);
    const job = await jobs.submit(ctx, { ...aJob([]), targets: { filter: {} } });
    expect(job).toMatchObject({ state: 'expanding', targetCount: 10_500 });
    await someDevices(api, large.id, 5); // too late: the filter is frozen
    const expander = new Expander(worker, new EngineRepository(worker), () => undefined);
    await expect(expander.expandChunk(large.id, job.id, 4000)).resolves.toBe(true);
    // A chunk that dies with its process is rolled back; another process goes on with the same targets.
    await expect(
      worker.run(large.id, async () => {
        await expander.expandChunk(large.id, job.id, 4000);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    while (await expander.expandChunk(large.id, job.id, 4000));
    await expect(expander.expandChunk(large.id, job.id, 4000)).resolves.toBe(false);
    expect(await jobs.get(ctx, job.id)).toMatchObject({
      state: 'open',
      targetCount: 10_500,
      counts: { queued: 10_500 },
    });
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 60_000);

  it('is cut short by a cancel and ends with what was made', async () => {
    const large = await database.aTenant();
    const ctx = aContext(large.id);
    for (let n = 0; n < 3; n += 1) await someDevices(api, large.id, 3500);
    const job = await jobs.submit(ctx, { ...aJob([]), targets: { filter: {} } });
    const engine = new EngineRepository(worker);
    const expander = new Expander(worker, engine, () => undefined);
    await expander.expandChunk(large.id, job.id, 1000);
    await jobs.cancel(ctx, job.id);
    await expander.run();
    while ((await engine.cancelChunk(5000)) > 0);
    const now = await jobs.get(ctx, job.id);
    expect(now).toMatchObject({ targetCount: 1000, counts: { cancelled: 1000, queued: 0 } });
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 60_000);
});
