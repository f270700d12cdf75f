import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreateJob } from '@drm/contracts';
import type { TenantDb } from '@drm/persistence';
import { TestDatabase, type TestTenant } from '@drm/testing';
import { JobService } from '../jobs/job.service.ts';
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
import { InlineBell } from '../queue/bell.ts';
import { SILENT_OBSERVER } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';
import { LocalHints } from './hints.ts';
import { JobEngine } from './job-engine.ts';
import type { HeldExecution, Outcome } from './operation-executor.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let tenant: TestTenant;
const hints = new LocalHints();
const engines: JobEngine[] = [];

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker', 8);
  tenant = await database.aTenant();
}, 60_000);
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop(0);
});
afterAll(() => database.drop());

function startEngine(
  work: (held: HeldExecution) => Promise<Outcome> | Outcome,
  override: Partial<EngineSettings> = {},
): { engine: JobEngine; executor: FakeExecutor } {
  const executor = new FakeExecutor(work);
  const bell = new InlineBell();
  const engine = new JobEngine({
    db: worker,
    executor,
    bell,
    hints,
    settings: someSettings(override),
    observer: {
      ...SILENT_OBSERVER,
      warn: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
    },
  });
  bell.listen((batch) => void engine.take(batch));
  engine.start();
  engines.push(engine);
  return { engine, executor };
}

const get = (deviceIds: string[]): CreateJob => ({
  operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
  targets: { deviceIds },
});

describe('the engine', () => {
  it('runs a job from submit to its end and leaves the ledger at 0', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 120);
    startEngine((held) => {
      held.values([
        { path: '1.3.6.1.2.1.1.3.0', state: 'known', type: 'timeTicks', value: 42, raw: null },
      ]);
      return {
        ...SUCCESS,
        protocol: 'snmp',
        contact: { reachability: 'reachable', endpoint: null },
      };
    });
    const job = await jobs.submit(ctx, get(devices));
    expect(job).toMatchObject({ state: 'open', targetCount: 120, counts: { queued: 120 } });
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    const ended = await jobs.get(ctx, job.id);
    expect(ended).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 120, running: 0 } });
    await expect(ledgerFaults(database)).resolves.toEqual([]);
    const page = await jobs.executionsOf(ctx, job.id, { limit: 50 });
    expect(page.items).toHaveLength(50);
    expect(page.items[0]).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      result: { valueCount: 1 },
    });
    const timeline = await jobs.timeline(ctx, page.items[0]?.id ?? '', { limit: 50 });
    expect(timeline.items.map((event) => event.kind)).toEqual(['running', 'succeeded']);
    const [device] = await api.run(tenant.id, (tx) =>
      tx.sql<{ reachability: string; params: object }>(
        `SELECT d.reachability, p.params FROM drm.device d JOIN drm.device_params p
           ON p.tenant_id = d.tenant_id AND p.device_id = d.id WHERE d.tenant_id = $1 AND d.id = $2`,
        [tenant.id, devices[0]],
      ),
    );
    expect(device?.reachability).toBe('reachable');
    expect(Object.keys(device?.params ?? {})).toEqual(['1.3.6.1.2.1.1.3.0']);
  }, 30_000);

  it('fails what the device refuses and groups the causes', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 3);
    startEngine((held) =>
      held.claim.deviceId === devices[0]
        ? failure('auth', 'snmp.wrong_community')
        : failure('permanent', 'unknown_path'),
    );
    const job = await jobs.submit(ctx, get(devices));
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    const failures = await jobs.failures(ctx, job.id);
    expect(failures.items.map(({ code, count }) => [code, count])).toEqual([
      ['unknown_path', 2],
      ['snmp.wrong_community', 1],
    ]);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('stops what runs when the job is cancelled, and audits who did it', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 8);
    startEngine(
      (held) =>
        new Promise((resolve) => {
          held.signal.addEventListener('abort', () => resolve(failure('transient', 'stopped')));
        }),
      { slots: 4 },
    );
    const job = await jobs.submit(ctx, get(devices));
    await until(async () => (await jobs.get(ctx, job.id)).counts.running === 4, 'four run');
    await jobs.cancel(ctx, job.id);
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    expect(await jobs.get(ctx, job.id)).toMatchObject({
      outcome: 'cancelled',
      counts: { cancelled: 8 },
    });
    await expect(jobs.cancel(ctx, job.id)).rejects.toMatchObject({ code: 'job.already_ended' });
    const actions = await api.run(tenant.id, (tx) =>
      tx.sql<{ action: string }>(
        'SELECT action FROM drm.audit_event WHERE tenant_id = $1 AND target_id = $2 ORDER BY at',
        [tenant.id, job.id],
      ),
    );
    expect(actions.map((row) => row.action)).toEqual(['job.create', 'job.cancel', 'job.end']);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('tries again after a transient failure and looks before it repeats an effect', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const [device] = await someDevices(api, tenant.id, 1);
    const { executor } = startEngine(async (held) => {
      if (held.claim.mode === 'verify') {
        expect(held.effects).toMatchObject([{ n: 1, kind: 'set', evidence: { want: 'x' } }]);
        return SUCCESS;
      }
      await held.beginEffect('set', { want: 'x' });
      return failure('transient', 'timeout', true);
    });
    const job = await jobs.submit(ctx, {
      operation: { kind: 'set', values: [{ path: '1.3.6.1.2.1.1.6.0', value: 'x' }] },
      targets: { deviceIds: [device ?? ''] },
    });
    await until(async () => (await jobs.get(ctx, job.id)).counts.waiting === 1, 'it waits');
    const waiting = (await jobs.executionsOf(ctx, job.id, { limit: 1 })).items[0];
    expect(waiting?.waiting).toMatchObject({ code: 'backoff', params: { try: 1, of: 3 } });
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    expect((await jobs.get(ctx, job.id)).outcome).toBe('succeeded');
    expect(executor.ran.map((run) => run.mode)).toEqual(['run', 'verify']);
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('gives what runs back to the queue when the process must stop, without an attempt', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 2);
    const { engine } = startEngine(
      (held) =>
        new Promise((resolve) => {
          held.signal.addEventListener('abort', () => resolve(failure('transient', 'stopped')));
        }),
    );
    const job = await jobs.submit(ctx, get(devices));
    await until(async () => (await jobs.get(ctx, job.id)).counts.running === 2, 'both run');
    engines.splice(engines.indexOf(engine), 1);
    await engine.stop(0);
    expect((await jobs.get(ctx, job.id)).counts).toMatchObject({ queued: 2, running: 0 });
    const { items } = await jobs.executionsOf(ctx, job.id, { limit: 10 });
    expect(items.map((execution) => execution.attempt)).toEqual([0, 0]);
    startEngine(() => SUCCESS);
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);

  it('fails an execution that outlives its deadline', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 1);
    startEngine(
      (held) =>
        new Promise((resolve) => {
          held.signal.addEventListener('abort', () => resolve(failure('transient', 'stopped')));
        }),
    );
    const job = await jobs.submit(ctx, { ...get(devices), deadlineSeconds: 5 });
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    const failures = await jobs.failures(ctx, job.id);
    expect(failures.items).toMatchObject([{ code: 'deadline_exceeded' }]);
  }, 30_000);

  it('stops a change that fails on most devices, and goes on when told to', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 60);
    let isBroken = true;
    startEngine(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return isBroken ? failure('permanent', 'not_writable') : SUCCESS;
      },
      { slots: 2 },
    );
    const job = await jobs.submit(ctx, {
      operation: { kind: 'set', values: [{ path: '1.3.6.1.2.1.1.6.0', value: 'x' }] },
      targets: { deviceIds: devices },
    });
    await until(async () => (await jobs.get(ctx, job.id)).paused, 'the breaker opens');
    isBroken = false;
    expect(await jobs.get(ctx, job.id)).toMatchObject({ pausedReason: 'circuit_open' });
    await until(async () => (await jobs.get(ctx, job.id)).counts.running === 0, 'nothing runs');
    await expect(ledgerFaults(database)).resolves.toEqual([]);
    // Most of what has ended has failed; that must not stop the job again.
    await jobs.resume(ctx, job.id);
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    const { counts } = await jobs.get(ctx, job.id);
    expect(counts.succeeded).toBeGreaterThan(0);
    expect(counts.failed).toBeGreaterThan(counts.succeeded / 2);
    expect(counts.succeeded + counts.failed).toBe(60);
  }, 30_000);

  it('stops a resumed change again when it goes on to fail', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 120);
    startEngine(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return failure('permanent', 'not_writable');
      },
      { slots: 2 },
    );
    const job = await jobs.submit(ctx, {
      operation: { kind: 'set', values: [{ path: '1.3.6.1.2.1.1.6.0', value: 'x' }] },
      targets: { deviceIds: devices },
    });
    const isStopped = async (): Promise<boolean> => {
      const { paused, counts } = await jobs.get(ctx, job.id);
      return paused && counts.running + counts.dispatched === 0;
    };
    await until(isStopped, 'the breaker opens');
    const before = (await jobs.get(ctx, job.id)).counts.failed;
    await jobs.resume(ctx, job.id);
    await until(isStopped, 'the breaker opens again');
    expect((await jobs.get(ctx, job.id)).counts.failed).toBeGreaterThanOrEqual(before + 20);
    await jobs.cancel(ctx, job.id);
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
  }, 30_000);

  it('stores what a device sends, whatever octets are in it', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 1);
    startEngine((held) => {
      held.values([
        {
          path: '1.3.6.1.2.1.1.1.0',
          state: 'known',
          type: 'string',
          value: 'a\0b\ud800',
          raw: null,
        },
      ]);
      return { ...SUCCESS, protocol: 'snmp' };
    });
    const job = await jobs.submit(ctx, get(devices));
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    expect((await jobs.get(ctx, job.id)).outcome).toBe('succeeded');
  }, 30_000);

  it('retries the failed devices of a job as a new job', async () => {
    const jobs = new JobService(api, hints);
    const ctx = aContext(tenant.id);
    const devices = await someDevices(api, tenant.id, 4);
    let isBroken = true;
    startEngine((held) =>
      isBroken && held.claim.deviceId !== devices[0] ? failure('auth', 'auth') : SUCCESS,
    );
    const job = await jobs.submit(ctx, get(devices));
    await until(async () => (await jobs.get(ctx, job.id)).state === 'ended', 'the job ends');
    isBroken = false;
    const again = await jobs.retryFailed(ctx, job.id);
    expect(again).toMatchObject({ targetCount: 3, retryOf: job.id });
    await until(async () => (await jobs.get(ctx, again.id)).state === 'ended', 'the retry ends');
    await expect(jobs.retryFailed(ctx, again.id)).rejects.toMatchObject({
      code: 'job.nothing_to_retry',
    });
    await expect(ledgerFaults(database)).resolves.toEqual([]);
  }, 30_000);
});
