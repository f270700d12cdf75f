import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantDb } from '@drm/persistence';
import { TestDatabase, type TestTenant } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { JobService } from '../jobs/job.service.ts';
import { InlineBell } from '../queue/bell.ts';
import {
  aContext,
  failure,
  FakeExecutor,
  ledgerFaults,
  someDevices,
  someSettings,
  SUCCESS,
  until,
} from '../testing/engine-bench.ts';
import { SILENT_OBSERVER } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';
import { LocalHints } from './hints.ts';
import { JobEngine } from './job-engine.ts';
import type { HeldExecution, Outcome } from './operation-executor.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let admin: DataSource;
let tenant: TestTenant;
const hints = new LocalHints();
const engines: JobEngine[] = [];

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker', 8);
  admin = await database.source('admin', 1);
}, 60_000);
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop(0);
});
afterAll(() => database.drop());

function startEngine(
  work: (held: HeldExecution) => Promise<Outcome> | Outcome,
  override: Partial<EngineSettings> = {},
): FakeExecutor {
  const executor = new FakeExecutor(work);
  const bell = new InlineBell();
  const settings = someSettings(override);
  const engine = new JobEngine({
    db: worker,
    executor,
    bell,
    hints,
    settings,
    observer: SILENT_OBSERVER,
  });
  bell.listen((batch) => void engine.take(batch));
  engine.start();
  engines.push(engine);
  return executor;
}

const submit = async (count: number, more: { maxAttempts?: number } = {}) => {
  tenant = await database.aTenant();
  const jobs = new JobService(api, hints);
  const ctx = aContext(tenant.id);
  const job = await jobs.submit(ctx, {
    operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
    targets: { deviceIds: await someDevices(api, tenant.id, count) },
    ...more,
  });
  return { jobs, ctx, job };
};

describe('a lease shorter than an exchange', () => {
  it('is tried again and then fails by that name, and never counts as a crash', async () => {
    const { jobs, ctx, job } = await submit(1, { maxAttempts: 2 });
    const exchangeMs = 10_000;
    const executor = startEngine(
      (held) => (held.refusal(exchangeMs) === null ? SUCCESS : failure('internal', 'stopped')),
      { leaseMs: 3000, marginMs: 300 },
    );
    const first = async () => (await jobs.executionsOf(ctx, job.id, { limit: 1 })).items[0];
    await until(async () => (await first())?.status === 'waiting', 'it waits');
    expect((await first())?.waiting).toMatchObject({
      code: 'backoff',
      params: { try: 1, of: 2, lastError: 'lease_too_short' },
    });
    await admin.query('UPDATE drm.execution SET run_after = now() WHERE tenant_id = $1', [
      tenant.id,
    ]);
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    expect(await first()).toMatchObject({
      status: 'failed',
      attempt: 2,
      error: { class: 'transient', code: 'lease_too_short' },
    });
    const [row] = await admin.query<{ crashes: number }[]>(
      'SELECT crashes FROM drm.execution WHERE tenant_id = $1',
      [tenant.id],
    );
    expect(row?.crashes).toBe(0);
    expect(executor.ran.map((run) => run.mode)).toEqual(['run', 'run']);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);
});

describe('progress', () => {
  it('is told on the timeline at most twice a second, and not by what ends soon', async () => {
    const { jobs, ctx, job } = await submit(2);
    let isFirst = true;
    startEngine(async (held) => {
      const isSlow = isFirst;
      isFirst = false;
      for (let done = 1; done <= (isSlow ? 110 : 3); done += 1) {
        held.progress({ phase: 'walk', done });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return SUCCESS;
    });
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    const { items } = await jobs.executionsOf(ctx, job.id, { limit: 2 });
    const timelines = await Promise.all(
      items.map((one) => jobs.timeline(ctx, one.id, { limit: 50 })),
    );
    const told = timelines.map(({ items: events }) =>
      events.filter((event) => event.kind === 'progress'),
    );
    told.sort((a, b) => a.length - b.length);
    expect(told[0]).toEqual([]);
    const slow = told[1] ?? [];
    // 2.2 s of work or more, of which the first second is silent.
    const times = timelines
      .map(({ items: events }) => events.map((event) => Date.parse(event.at)))
      .map((at) => Math.max(...at) - Math.min(...at));
    expect(slow.length).toBeGreaterThanOrEqual(1);
    expect(slow.length).toBeLessThanOrEqual(1 + Math.max(...times) / 500);
    expect(slow[0]?.data).toMatchObject({ phase: 'walk' });
    for (const { items: events } of timelines)
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  }, 30_000);
});

describe('a queued execution', () => {
  it('tells whether its tenant or the pool has no slot left', async () => {
    const { jobs, ctx, job } = await submit(6);
    await admin.query('UPDATE drm.tenant_limit SET max_inflight = 2 WHERE tenant_id = $1', [
      tenant.id,
    ]);
    const ends: (() => void)[] = [];
    const page = async () => (await jobs.executionsOf(ctx, job.id, { limit: 10 })).items;
    const before = await page();
    expect(before.map((one) => one.waiting?.code)).toEqual(Array(6).fill('pool_busy'));
    startEngine(() => new Promise((resolve) => ends.push(() => resolve(SUCCESS))));
    await until(() => ends.length === 2, 'two run');
    const items = await page();
    const queued = items.filter((one) => one.status === 'queued');
    expect(queued).toHaveLength(4);
    for (const one of queued) {
      expect(one.waiting).toMatchObject({ code: 'tenant_limit', params: { inFlight: 2, max: 2 } });
      expect((await jobs.execution(ctx, one.id)).waiting?.code).toBe('tenant_limit');
    }
    const device = queued[0]?.deviceId ?? '';
    const ofDevice = await jobs.executionsOfDevice(ctx, device, { limit: 5 });
    expect(ofDevice.items[0]).toMatchObject({
      waiting: { code: 'tenant_limit' },
      operation: { kind: 'get' },
    });
    await until(async () => {
      for (const end of ends.splice(0)) end();
      return (await jobs.get(ctx, job.id)).state === 'ended';
    }, 'the job ends');
  }, 30_000);
});
