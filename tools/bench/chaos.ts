/**
 * 2,000 executions that set a value on simulated agents while everything around them breaks: workers are killed
 * (SIGKILL) and stopped (SIGSTOP, SIGCONT), Redis is flushed, PostgreSQL shut down at once. Asserts that all end, that
 * no device was written twice for one execution without being looked at, and that the ledger adds up.
 *
 *   node --conditions=@drm/source --import ./tools/swc-register.mjs tools/bench/chaos.ts \
 *     [--executions 2000] [--backend postgres|redis] [--seed 1] [--seconds 45] [--port 25600]
 *
 * The same seed plays the same faults at the same times. Everything is on loopback; only own processes are ended.
 */
import type { ChildProcess } from 'node:child_process';
import { parseArgs } from 'node:util';
import { JobService, LocalHints } from '@drm/jobs';
import type { TenantDb } from '@drm/persistence';
import { Redis } from 'ioredis';
import { aContext, EngineStand, pause, type Backend } from './engine-stand.ts';
import { ChaosAgents } from './chaos-agents.ts';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '2000' },
    backend: { type: 'string', default: 'postgres' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '45' },
    port: { type: 'string', default: '25600' },
  },
});
const EXECUTIONS = Number(values.executions);
const backend: Backend = values.backend === 'redis' ? 'redis' : 'postgres';
const random = mulberry(Number(values.seed));
const port = Number(values.port);
const LIMIT_MS = 240_000;
const WORKERS = 2;

/** Short timers, so that a run of a minute sees many leases end. */
const TIMERS = {
  LEASE_SECONDS: '4',
  LEASE_GRACE_SECONDS: '2',
  DISPATCH_TIMEOUT_SECONDS: '3',
  WORKER_CONCURRENCY: '30',
  LOG_LEVEL: 'error',
};

const did: Record<string, number> = {};
const note = (what: string): void => {
  did[what] = (did[what] ?? 0) + 1;
};

const stand = new EngineStand({ port });
const agents = new ChaosAgents();
let isGood = false;
try {
  isGood = await run();
} finally {
  agents.close();
  await stand.stop();
}
process.exit(isGood ? 0 : 1);

async function run(): Promise<boolean> {
  await stand.start();
  await stand.startRedis();
  await agents.open(port + 50, EXECUTIONS);
  const db = await stand.tenantDb();
  const jobs = new JobService(db, new LocalHints());
  const tenantId = await stand.aTenant();
  const devices = await stand.devices(
    tenantId,
    EXECUTIONS,
    (index) => agents.address(index, port + 50),
    // Shorter than the lease: an exchange that could outlast it is not begun.
    { timeoutMs: 500, retries: 1 },
  );
  const counter = await stand.tenantDb('app_rw', 1);
  const workers: (ChildProcess | null)[] = await Promise.all(
    Array.from({ length: WORKERS }, (_, index) => stand.worker(backend, index, TIMERS)),
  );
  const ctx = aContext(tenantId);
  const began = performance.now();
  const jobIds: string[] = [];
  // One device an execution: the agents' logs tell how often each was written.
  const submitting = (async (): Promise<void> => {
    for (let from = 0; from < EXECUTIONS; from += 100) {
      await pause((Number(values.seconds) * 800) / (EXECUTIONS / 100));
      const job = await retrying(() =>
        jobs.submit(
          ctx,
          {
            operation: {
              kind: 'set',
              values: [{ path: '1.3.6.1.2.1.1.6.0', value: `job ${from}`, type: 'string' }],
            },
            targets: { deviceIds: devices.slice(from, from + 100) },
            maxAttempts: 8,
          },
          { idempotencyKey: `chaos-${from}` },
        ),
      );
      jobIds.push(job.id);
    }
  })();
  const end = began + Number(values.seconds) * 1000;
  while (performance.now() < end) {
    await pause(800 + random() * 1500);
    await fault(workers).catch((error: unknown) => console.warn('fault failed', error));
  }
  for (const [index, worker] of workers.entries()) {
    if (worker === null) workers[index] = await stand.worker(backend, index, TIMERS);
    else worker.kill('SIGCONT');
  }
  await submitting;
  const deadline = performance.now() + LIMIT_MS;
  let open = EXECUTIONS;
  while (performance.now() < deadline) {
    open = await retrying(() => countOpen(counter, tenantId));
    if (open === 0) break;
    await pause(500);
  }
  return await judge(tenantId, jobIds, open, (performance.now() - began) / 1000);
}

async function fault(workers: (ChildProcess | null)[]): Promise<void> {
  const index = Math.floor(random() * workers.length);
  const worker = workers[index];
  const dice = random();
  if (worker === null || worker === undefined) {
    workers[index] = await stand.worker(backend, index, TIMERS);
    note('worker started again');
  } else if (dice < 0.4) {
    worker.kill('SIGKILL');
    workers[index] = null;
    note('worker killed');
  } else if (dice < 0.75) {
    worker.kill('SIGSTOP');
    note('worker stopped for 7 s');
    setTimeout(() => worker.kill('SIGCONT'), 7000);
  } else if (dice < 0.88 && backend === 'redis') {
    const redis = new Redis(stand.redisUrl, { maxRetriesPerRequest: 1 });
    await redis.flushall();
    redis.disconnect();
    note('Redis flushed');
  } else {
    await stand.crashDatabase();
    note('PostgreSQL crashed');
  }
}

async function countOpen(db: TenantDb, tenantId: string): Promise<number> {
  const [row] = await db.run(tenantId, (tx) =>
    tx.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM drm.execution WHERE tenant_id = $1
         AND status NOT IN ('succeeded', 'failed', 'cancelled', 'expired')`,
      [tenantId],
    ),
  );
  return row?.n ?? 0;
}

async function judge(
  tenantId: string,
  jobIds: readonly string[],
  open: number,
  seconds: number,
): Promise<boolean> {
  const admin = await stand.admin();
  const statuses = await admin.query<
    { status: string; n: number; attempts: number; crashes: number }[]
  >(
    `SELECT status, count(*)::int AS n, max(attempt)::int AS attempts, sum(crashes)::int AS crashes
     FROM drm.execution WHERE tenant_id = $1 GROUP BY 1`,
    [tenantId],
  );
  const errors = await admin.query<{ code: string; n: number }[]>(
    'SELECT error_code AS code, count(*)::int AS n FROM drm.execution WHERE tenant_id = $1 AND error_code IS NOT NULL GROUP BY 1',
    [tenantId],
  );
  const [ledger] = await admin.query<{ gap: number }[]>(
    `SELECT coalesce(sum(abs(j.target_count - coalesce((SELECT sum(n) FROM drm.job_progress p WHERE p.job_id = j.id), 0))), 0)::int
       + (SELECT count(*)::int FROM (SELECT job_id, status, count(*) AS n FROM drm.execution GROUP BY 1, 2) r
          FULL JOIN (SELECT job_id, status, sum(n) AS n FROM drm.job_progress GROUP BY 1, 2) c USING (job_id, status)
          WHERE coalesce(r.n, 0) <> coalesce(c.n, 0)) AS gap FROM drm.job j`,
  );
  const notEnded = await admin.query<unknown[]>(
    "SELECT 1 FROM drm.job WHERE id = ANY ($1) AND state <> 'ended'",
    [jobIds],
  );
  console.table(did);
  console.table(statuses);
  if (errors.length > 0) console.table(errors);
  console.table([
    {
      backend,
      seed: values.seed,
      seconds: Math.round(seconds),
      executions: EXECUTIONS,
      'still open': open,
      'jobs not ended': notEnded.length,
      'ledger gap': ledger?.gap,
      'writes the agents saw': agents.writes,
      'written more than once': agents.repeated,
    },
  ]);
  return open === 0 && notEnded.length === 0 && ledger?.gap === 0 && agents.repeated === 0;
}

/** PostgreSQL may be away just now. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 60) throw error;
      await pause(250);
    }
  }
}

/** Numbers that depend on the seed alone. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
