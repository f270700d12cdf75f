import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endpointSecretPlace } from '@drm/devices';
import { uuidV7, type RequestContext } from '@drm/domain';
import { JobService, LocalHints, prepareQueueSchema } from '@drm/jobs';
import { createTenantKey, loadKek, TenantKeyring, type TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DRAIN_SECONDS = 3;
const kek = loadKek({ NODE_ENV: 'test' });

/** The app itself, as a process of its own. */
interface WorkerProcess {
  readonly child: ChildProcess;
  readonly healthUrl: string;
  readonly metricsUrl: string;
  readonly exited: Promise<number | null>;
}

let database: TestDatabase;
let admin: DataSource;
let api: TenantDb;
let silent: Socket;
const workers: WorkerProcess[] = [];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(
  condition: () => Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await pause(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

async function startWorker(): Promise<WorkerProcess> {
  const [health, metrics] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    ['--conditions=@drm/source', '--import', './tools/swc-register.mjs', 'apps/worker/src/main.ts'],
    {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        LOG_LEVEL: 'warn',
        DATABASE_URL: database.url('app_worker'),
        DATABASE_POOL_SIZE: '4',
        HEALTH_PORT: String(health),
        METRICS_PORT: String(metrics),
        DRAIN_SECONDS: String(DRAIN_SECONDS),
        DISPATCH_IDLE_MS: '100',
        ALLOW_LOOPBACK_DEVICES: 'true',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  return {
    child,
    healthUrl: `http://127.0.0.1:${health}/health`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    exited: new Promise((resolve) => child.once('exit', resolve)),
  };
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

const metricsOf = async ({ metricsUrl }: WorkerProcess): Promise<string> =>
  await (await fetch(metricsUrl)).text();

/** Value of the first series of that name whose labels hold `label`. */
function valueOf(metrics: string, name: string, label = ''): number | null {
  const line = metrics
    .split('\n')
    .find((one) => new RegExp(`^${name}[{ ]`).test(one) && one.includes(label));
  return line === undefined ? null : Number(line.split(' ').at(-1));
}

async function aTenant(): Promise<string> {
  const { id } = await database.aTenant();
  await api.run(id, (tx) => createTenantKey(tx, kek, id));
  return id;
}

/** A device whose SNMP agent takes everything and never answers. */
async function aSilentDevice(tenantId: string, timeoutMs: number): Promise<string> {
  const [deviceId, endpointId] = [uuidV7(), uuidV7()];
  const address = `127.0.0.1:${silent.address().port}`;
  const sealed = await new TenantKeyring(api, kek).seal(
    tenantId,
    endpointSecretPlace(endpointId),
    JSON.stringify({ community: 'public' }),
  );
  await api.run(tenantId, async (tx) => {
    await tx.execute(
      `INSERT INTO drm.device (tenant_id, id, name, name_key, protocols, address)
       VALUES ($1, $2, $3, $3, '{snmp}', $4)`,
      [tenantId, deviceId, `device ${deviceId}`, address],
    );
    await tx.execute(
      `INSERT INTO drm.device_endpoint (tenant_id, id, device_id, protocol, address, credentials, secrets_set, sealed, settings)
       VALUES ($1, $2, $3, 'snmp', $4, '{"version":"2c"}', '{community}', $5, $6)`,
      [tenantId, endpointId, deviceId, address, sealed, JSON.stringify({ timeoutMs, retries: 0 })],
    );
  });
  return deviceId;
}

const contextOf = (tenantId: string): RequestContext => ({
  tenantId,
  actor: { kind: 'system', id: null, name: 'test' },
  permissions: new Set(['jobs:run', 'jobs:read']),
  correlationId: 'worker-test',
  address: null,
});

const submit = (tenantId: string, deviceId: string) =>
  new JobService(api, new LocalHints()).submit(contextOf(tenantId), {
    operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
    targets: { deviceIds: [deviceId] },
    maxAttempts: 1,
  });

beforeAll(async () => {
  database = await TestDatabase.create();
  admin = await database.source('admin', 1);
  const runner = admin.createQueryRunner();
  await prepareQueueSchema((await runner.connect()) as Parameters<typeof prepareQueueSchema>[0]);
  await runner.release();
  api = await database.tenantDb('app_rw');
  silent = createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.exited));
  silent.close();
  await database.drop();
}, 20_000);

describe('two worker processes', () => {
  it('come up with one leader between them, and show the figures of the engine', async () => {
    // A tenant that may run nothing: its execution stays queued for the gauges.
    const tenantId = await aTenant();
    await admin.query('UPDATE drm.tenant_limit SET max_inflight = 0 WHERE tenant_id = $1', [
      tenantId,
    ]);
    await submit(tenantId, await aSilentDevice(tenantId, 1000));
    workers.push(...(await Promise.all([startWorker(), startWorker()])));
    for (const worker of workers)
      await until(() => isUp(worker.healthUrl), 'the worker is up', 15_000);
    let shown: string[] = [];
    await until(async () => {
      shown = await Promise.all(workers.map(metricsOf));
      // Read last of what has labels: without labels a gauge shows 0 before it was ever set.
      return shown.every((text) => valueOf(text, 'drm_execution_oldest_queued_seconds') !== null);
    }, 'the figures are read');
    const leaders = shown.map((text) => valueOf(text, 'drm_scheduler_leader'));
    expect(leaders.sort()).toEqual([0, 1]);
    expect(shown.every((text) => text.includes('# TYPE drm_outbox_oldest_seconds '))).toBe(true);
    for (const text of shown) {
      expect(valueOf(text, 'drm_executions_open', 'status="queued"')).toBe(1);
      expect(text).toMatch(/drm_executions_open\{.*affinity="worker"/);
      expect(valueOf(text, 'drm_execution_oldest_queued_seconds')).toBeGreaterThan(0);
      expect(valueOf(text, 'drm_job_ledger_gap')).toBe(0);
      expect(valueOf(text, 'drm_bell_failures_total')).toBe(0);
      for (const name of [
        'drm_claims_total',
        'drm_picked_total',
        'drm_pick_seconds',
        'drm_lease_lost_total',
        'drm_stale_finish_total',
        'drm_dispatch_timeout_total',
        'drm_verify_total',
        'drm_poison_total',
        'drm_executions_total',
        'drm_executions_running',
        'drm_waiting',
      ])
        expect(text).toContain(`# TYPE ${name} `);
    }
  }, 40_000);

  it('count what they pick, claim and end, by protocol and state', async () => {
    const tenantId = await aTenant();
    const job = await submit(tenantId, await aSilentDevice(tenantId, 100));
    const jobs = new JobService(api, new LocalHints());
    await until(
      async () => (await jobs.get(contextOf(tenantId), job.id)).state === 'ended',
      'the job ends',
    );
    const shown = await Promise.all(workers.map(metricsOf));
    const sum = (name: string, label?: string): number =>
      shown.reduce((total, text) => total + (valueOf(text, name, label) ?? 0), 0);
    expect(sum('drm_picked_total')).toBe(1);
    expect(sum('drm_claims_total', 'result="claimed"')).toBe(1);
    expect(sum('drm_executions_total', 'protocol="snmp",result="failed"')).toBe(1);
  }, 20_000);

  it('let what runs end at SIGTERM, give the rest back without an attempt, and exit with 0', async () => {
    const tenantId = await aTenant();
    const jobs = new JobService(api, new LocalHints());
    const ctx = contextOf(tenantId);
    const long = await submit(tenantId, await aSilentDevice(tenantId, 20_000));
    const short = await submit(tenantId, await aSilentDevice(tenantId, 2000));
    const counts = async (id: string) => (await jobs.get(ctx, id)).counts;
    await until(
      async () => (await counts(long.id)).running === 1 && (await counts(short.id)).running === 1,
      'both run',
    );
    const began = performance.now();
    for (const { child } of workers) child.kill('SIGTERM');
    await expect(Promise.all(workers.map((worker) => worker.exited))).resolves.toEqual([0, 0]);
    expect(performance.now() - began).toBeLessThan((DRAIN_SECONDS + 8) * 1000);
    expect(await counts(short.id)).toMatchObject({ failed: 1 });
    expect(await counts(long.id)).toMatchObject({ queued: 1, running: 0 });
    const [given] = (await jobs.executionsOf(ctx, long.id, { limit: 1 })).items;
    expect(given).toMatchObject({ status: 'queued', attempt: 0 });
    const [left] = await admin.query<{ runners: number; held: number }[]>(
      `SELECT (SELECT count(*)::int FROM drm.runner) AS runners,
         (SELECT count(*)::int FROM drm.device_lease WHERE until > now()) AS held`,
    );
    expect(left).toEqual({ runners: 0, held: 0 });
  }, 40_000);
});
