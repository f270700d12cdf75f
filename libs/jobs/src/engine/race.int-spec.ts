import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ClaimRepository,
  EngineRepository,
  FinishRepository,
  type Finish,
  type TenantDb,
} from '@drm/persistence';
import { TestDatabase, type TestTenant } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { JobService } from '../jobs/job.service.ts';
import { aContext, ledgerFaults, someDevices } from '../testing/engine-bench.ts';
import { LocalHints } from './hints.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let admin: DataSource;
let engine: EngineRepository;
let jobs: JobService;
const claims = new ClaimRepository();
const finishes = new FinishRepository();

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker', 10);
  admin = await database.source('admin', 2);
  engine = new EngineRepository(worker);
  jobs = new JobService(api, new LocalHints());
}, 60_000);
afterAll(() => database.drop());

const operation = { kind: 'get' as const, paths: ['1.3.6.1.2.1.1.3.0'] };

const finish = (
  executionId: string,
  jobId: string,
  deviceId: string | null,
  fence: string,
  to: Finish['to'] = 'succeeded',
): Finish => ({
  executionId,
  jobId,
  deviceId,
  fence,
  to,
  waitingReason: to === 'waiting' ? 'backoff' : null,
  runAfterMs: to === 'waiting' ? 1 : null,
  error: null,
  errorCode: null,
  result: null,
  mode: 'run',
  giveBackAttempt: false,
  values: null,
  identity: null,
  reachability: null,
  endpoint: null,
});

/** Claims and ends every wake-up; counts what two at once on one device would show. */
async function runAll(
  tenants: readonly TestTenant[],
  left: () => Promise<number>,
): Promise<{ doubled: number; runs: Map<string, number> }> {
  const onDevice = new Set<string>();
  const runs = new Map<string, number>();
  let doubled = 0;
  const queue: {
    tenantId: string;
    executionId: string;
    deviceId: string | null;
    attempt: number;
  }[] = [];
  let isOver = false;
  const picker = async (): Promise<void> => {
    while (!isOver) {
      await engine.promote(1000);
      const picked = await engine.pick('worker', 120, 100);
      for (const one of picked) {
        queue.push(one);
        if (Math.random() < 0.1) queue.push(one);
      }
      if (picked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const claimer = async (): Promise<void> => {
    while (!isOver) {
      const first = queue.shift();
      if (first === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      const batch = [first];
      for (let index = 0; index < queue.length && batch.length < 8;) {
        if (queue[index]?.tenantId === first.tenantId) batch.push(...queue.splice(index, 1));
        else index += 1;
      }
      const { claimed } = await worker.run(
        first.tenantId,
        (tx) => claims.claim(tx, batch, { holder: 'h', leaseSeconds: 60, graceSeconds: 1 }),
        { retry: true },
      );
      for (const claim of claimed) {
        const device = `${first.tenantId} ${claim.deviceId}`;
        if (onDevice.has(device)) doubled += 1;
        onDevice.add(device);
        runs.set(claim.executionId, (runs.get(claim.executionId) ?? 0) + 1);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      const ends = claimed.map((claim) =>
        finish(
          claim.executionId,
          claim.jobId,
          claim.deviceId,
          claim.fence,
          Math.random() < 0.05 && claim.attempt < 2 ? 'waiting' : 'succeeded',
        ),
      );
      for (const claim of claimed) onDevice.delete(`${first.tenantId} ${claim.deviceId}`);
      if (ends.length > 0) {
        const done = await worker.run(first.tenantId, (tx) => finishes.finish(tx, ends), {
          retry: true,
        });
        expect(done.size).toBe(ends.length);
      }
    }
  };
  const all = [...Array.from({ length: 3 }, picker), ...Array.from({ length: 6 }, claimer)];
  const end = performance.now() + 60_000;
  while ((await left()) > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  isOver = true;
  await Promise.all(all);
  expect(tenants.length).toBeGreaterThan(0);
  return { doubled, runs };
}

const openOf = async (tenants: readonly TestTenant[]): Promise<number> => {
  const rows = await admin.query<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM drm.execution WHERE tenant_id = ANY ($1) AND status NOT IN ('succeeded', 'failed', 'cancelled', 'expired')`,
    [tenants.map((tenant) => tenant.id)],
  );
  return rows[0]?.n ?? 0;
};

describe('pickers and claimers at once', () => {
  it('hold no device twice, lose nothing and count right, with doubled wake-ups', async () => {
    const tenants = [await database.aTenant(), await database.aTenant(), await database.aTenant()];
    for (const tenant of tenants) {
      const devices = await someDevices(api, tenant.id, 150);
      for (let n = 0; n < 2; n += 1)
        await jobs.submit(aContext(tenant.id), { operation, targets: { deviceIds: devices } });
    }
    const { doubled, runs } = await runAll(tenants, () => openOf(tenants));
    expect(doubled).toBe(0);
    expect(await openOf(tenants)).toBe(0);
    expect(runs.size).toBe(900);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 90_000);

  it('end 600 executions on 6 hot devices without a sweep: no unpark is lost', async () => {
    const tenant = await database.aTenant();
    const devices = await someDevices(api, tenant.id, 6);
    for (let n = 0; n < 100; n += 1)
      await jobs.submit(aContext(tenant.id), { operation, targets: { deviceIds: devices } });
    const { doubled } = await runAll([tenant], () => openOf([tenant]));
    expect(doubled).toBe(0);
    expect(await openOf([tenant])).toBe(0);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 90_000);
});

describe('engine.pick', () => {
  it('gives small tenants their share beside a large one, and every slot to whoever is alone', async () => {
    const [large, small, other] = [
      await database.aTenant(),
      await database.aTenant(),
      await database.aTenant(),
    ];
    await jobs.submit(aContext(large.id), {
      operation,
      targets: { deviceIds: await someDevices(api, large.id, 300) },
      priority: 'normal',
    });
    await jobs.submit(aContext(small.id), {
      operation,
      targets: { deviceIds: await someDevices(api, small.id, 10) },
      priority: 'normal',
    });
    await jobs.submit(aContext(other.id), {
      operation,
      targets: { deviceIds: await someDevices(api, other.id, 10) },
      priority: 'normal',
    });
    const first = await engine.pick('worker', 30, 30);
    const of = (tenant: TestTenant): number =>
      first.filter((one) => one.tenantId === tenant.id).length;
    expect([of(large), of(small), of(other)]).toEqual([10, 10, 10]);
    expect(await engine.pick('worker', 30, 30)).toEqual([]);
    const rest = await engine.pick('worker', 130, 1000);
    expect(rest).toHaveLength(100);
    expect(new Set(rest.map((one) => one.tenantId))).toEqual(new Set([large.id]));
    await admin.query(
      "UPDATE drm.execution SET status = 'cancelled' WHERE status NOT IN ('succeeded')",
    );
    await admin.query('DELETE FROM drm.job_progress');
    await admin.query('DELETE FROM drm.execution; DELETE FROM drm.job');
  }, 30_000);

  it('divides by weight, keeps the limit of a tenant and leaves suspended ones out', async () => {
    const [heavy, light, held, away] = [
      await database.aTenant(),
      await database.aTenant(),
      await database.aTenant(),
      await database.aTenant(),
    ];
    await admin.query('UPDATE drm.tenant_limit SET weight = 3 WHERE tenant_id = $1', [heavy.id]);
    await admin.query('UPDATE drm.tenant_limit SET max_inflight = 2 WHERE tenant_id = $1', [
      held.id,
    ]);
    for (const tenant of [heavy, light, held, away])
      await jobs.submit(aContext(tenant.id), {
        operation,
        targets: { deviceIds: await someDevices(api, tenant.id, 60) },
        priority: 'normal',
      });
    await admin.query('UPDATE drm.tenant_limit SET suspended = true WHERE tenant_id = $1', [
      away.id,
    ]);
    const picked = await engine.pick('worker', 42, 42);
    const of = (tenant: TestTenant): number =>
      picked.filter((one) => one.tenantId === tenant.id).length;
    expect(of(away)).toBe(0);
    expect(of(held)).toBe(2);
    expect(of(heavy)).toBe(30);
    expect(of(light)).toBe(10);
    await admin.query(
      'DELETE FROM drm.execution; DELETE FROM drm.job_progress; DELETE FROM drm.job',
    );
  }, 30_000);
});

describe('a finish', () => {
  it('with an older fence is stale: nothing of it is written', async () => {
    const tenant = await database.aTenant();
    const [device] = await someDevices(api, tenant.id, 1);
    const job = await jobs.submit(aContext(tenant.id), {
      operation,
      targets: { deviceIds: [device ?? ''] },
    });
    const settings = { holder: 'first', leaseSeconds: 0.05, graceSeconds: 0.05 };
    const picked = await engine.pick('worker', 10, 10);
    const first = await worker.run(tenant.id, (tx) => claims.claim(tx, picked, settings));
    const [old] = first.claimed;
    if (old === undefined) throw new Error('not claimed');
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(engine.reap(60, 0.05)).resolves.toEqual({ late: 0, crashed: 1, poisoned: 0 });
    const again = await engine.pick('worker', 10, 10);
    const second = await worker.run(tenant.id, (tx) =>
      claims.claim(tx, again, { ...settings, holder: 'second', leaseSeconds: 60 }),
    );
    const [now] = second.claimed;
    if (now === undefined) throw new Error('not claimed again');
    expect(now).toMatchObject({ mode: 'verify', attempt: 2, crashes: 1 });
    expect(BigInt(now.fence)).toBeGreaterThan(BigInt(old.fence));
    const stale = await worker.run(tenant.id, (tx) =>
      finishes.finish(tx, [finish(old.executionId, job.id, device ?? '', old.fence)]),
    );
    expect(stale.size).toBe(0);
    expect((await jobs.get(aContext(tenant.id), job.id)).counts).toMatchObject({
      running: 1,
      succeeded: 0,
    });
    const good = await worker.run(tenant.id, (tx) =>
      finishes.finish(tx, [finish(now.executionId, job.id, device ?? '', now.fence)]),
    );
    expect(good.size).toBe(1);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('never comes for poison: the third crash fails the execution', async () => {
    const tenant = await database.aTenant();
    const devices = await someDevices(api, tenant.id, 1);
    const job = await jobs.submit(aContext(tenant.id), {
      operation,
      targets: { deviceIds: devices },
    });
    const waiting = await jobs.submit(aContext(tenant.id), {
      operation,
      targets: { deviceIds: devices },
    });
    // Both wait for the device; a crash puts the one behind the other.
    for (let crash = 1; crash <= 5; crash += 1) {
      const picked = (await engine.pick('worker', 10, 10)).filter(
        (one) => one.tenantId === tenant.id,
      );
      await worker.run(tenant.id, (tx) =>
        claims.claim(tx, picked, { holder: `h${crash}`, leaseSeconds: 0.01, graceSeconds: 0 }),
      );
      await new Promise((resolve) => setTimeout(resolve, 60));
      await engine.reap(60, 0);
    }
    const failures = await jobs.failures(aContext(tenant.id), job.id);
    expect(failures.items).toMatchObject([{ code: 'poison', class: 'engine', count: 1 }]);
    const next = await engine.pick('worker', 10, 10);
    expect(next).toHaveLength(1);
    expect((await jobs.get(aContext(tenant.id), waiting.id)).counts.dispatched).toBe(1);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);
});

describe('dispatched executions nobody begins', () => {
  it('go back to the queue and keep their attempt', async () => {
    const tenant = await database.aTenant();
    const devices = await someDevices(api, tenant.id, 3);
    const job = await jobs.submit(aContext(tenant.id), {
      operation,
      targets: { deviceIds: devices },
    });
    const picked = (await engine.pick('worker', 50, 50)).filter(
      (one) => one.tenantId === tenant.id,
    );
    expect(picked.map((one) => one.attempt)).toEqual([0, 0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const reaped = await engine.reap(0.01, 15);
    expect(reaped.late).toBeGreaterThanOrEqual(3);
    expect((await jobs.get(aContext(tenant.id), job.id)).counts.queued).toBe(3);
    const late = await worker.run(tenant.id, (tx) =>
      claims.claim(tx, picked, { holder: 'late', leaseSeconds: 5, graceSeconds: 1 }),
    );
    expect(late.claimed).toEqual([]);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);
});

describe('expiry and cancel', () => {
  it('expire what did not begin in time and end the job', async () => {
    const tenant = await database.aTenant();
    const devices = await someDevices(api, tenant.id, 5);
    const job = await jobs.submit(aContext(tenant.id), {
      operation,
      targets: { deviceIds: devices },
    });
    await admin.query("UPDATE drm.job SET expires_at = now() - interval '1 second' WHERE id = $1", [
      job.id,
    ]);
    await expect(engine.expire(1000)).resolves.toBe(5);
    expect((await jobs.get(aContext(tenant.id), job.id)).counts).toMatchObject({
      expired: 5,
      queued: 0,
    });
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('cancel against finish ends in exactly one state', async () => {
    const tenant = await database.aTenant();
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 40);
    const job = await jobs.submit(ctx, { operation, targets: { deviceIds: devices } });
    const picked = (await engine.pick('worker', 500, 20)).filter(
      (one) => one.tenantId === tenant.id,
    );
    const { claimed } = await worker.run(tenant.id, (tx) =>
      claims.claim(tx, picked, { holder: 'c', leaseSeconds: 60, graceSeconds: 1 }),
    );
    const ends = claimed.map((claim) =>
      finish(claim.executionId, job.id, claim.deviceId, claim.fence),
    );
    const [cancelled] = await Promise.all([
      jobs.cancel(ctx, job.id),
      worker.run(tenant.id, (tx) => finishes.finish(tx, ends), { retry: true }),
      engine.cancelChunk(1000),
    ]);
    expect(cancelled.cancelling).toBe(true);
    await engine.cancelChunk(1000);
    const counts = (await jobs.get(ctx, job.id)).counts;
    expect(counts.succeeded).toBe(claimed.length);
    expect(counts.succeeded + counts.cancelled).toBe(40);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
    expect((await jobs.cancel(ctx, job.id)).id).toBe(job.id);
  }, 30_000);
});
