/**
 * The job engine end to end on simulated SNMP agents: one real worker process, real PostgreSQL and Redis of its own.
 *
 *   node --conditions=@drm/source --import ./tools/swc-register.mjs tools/bench/jobs.ts \
 *     [--devices 10000] [--agents 200] [--only fanout|postgres|redis] [--port 25400]
 *
 * Bars: a job over 100,000 devices in 3 s; 500 executions/s with the PostgreSQL queue, 1,500/s with Redis.
 * The machine is shared with PostgreSQL, the agents and whatever else runs: processor time is shown beside.
 */
import { parseArgs } from 'node:util';
import { JobService, LocalHints } from '@drm/jobs';
import {
  aContext,
  cpuSeconds,
  EngineStand,
  pause,
  untilEnded,
  type Backend,
} from './engine-stand.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '10000' },
    fleet: { type: 'string', default: '100000' },
    agents: { type: 'string', default: '200' },
    only: { type: 'string' },
    port: { type: 'string', default: '25400' },
    // Shows the statements PostgreSQL spends its time on.
    statements: { type: 'boolean', default: false },
  },
});
const port = Number(values.port);
const DEVICES = Number(values.devices);
const FLEET = Number(values.fleet);
const AGENTS = Number(values.agents);
const rows: Record<string, string | number>[] = [];
const wants = (what: string): boolean => values.only === undefined || values.only === what;

const stand = new EngineStand({
  port,
  settings: values.statements
    ? ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track=all']
    : [],
});
try {
  await stand.start();
  if (wants('fanout')) await benchFanOut();
  if (wants('postgres') || wants('redis')) {
    await stand.run(
      'tools/bench/agents.ts',
      [String(port + 50), String(AGENTS)],
      {},
      'agents are up',
    );
    await stand.startRedis();
    for (const backend of ['postgres', 'redis'] as const)
      if (wants(backend)) await benchExecutions(backend);
  }
  console.table(rows);
  if (values.statements) await showStatements();
} finally {
  await stand.stop();
}
process.exit(0);

async function showStatements(): Promise<void> {
  const admin = await stand.admin();
  await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const found = await admin.query<object[]>(
    `SELECT calls::int, round(total_exec_time)::int AS ms, round((total_exec_time / calls)::numeric, 2)::float8 AS each,
       round((total_plan_time)::numeric)::int AS plan, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 22`,
  );
  console.table(found);
}

async function benchFanOut(): Promise<void> {
  const db = await stand.tenantDb();
  const jobs = new JobService(db, new LocalHints());
  const tenantId = await stand.aTenant();
  const ctx = aContext(tenantId);
  await stand.devices(tenantId, FLEET, (index) => `127.0.0.1:${port + 50 + (index % AGENTS)}`);
  const admin = await stand.admin();
  await admin.query('UPDATE drm.tenant_limit SET suspended = true'); // nothing is to run, only to be made
  await admin.query('UPDATE drm.tenant_limit SET suspended = false WHERE tenant_id = $1', [
    tenantId,
  ]);
  await admin.query('VACUUM ANALYZE');
  const worker = await stand.worker('postgres', 0, { WORKER_CONCURRENCY: '1' });
  for (let round = 1; round <= 3; round += 1) {
    const memory = process.memoryUsage().rss;
    const began = performance.now();
    const job = await jobs.submit(ctx, {
      operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
      targets: { filter: {} },
      priority: 'bulk',
    });
    const submitted = performance.now() - began;
    let now = job;
    while (now.state === 'expanding') {
      await pause(25);
      now = await jobs.get(ctx, job.id);
    }
    const all = performance.now() - began;
    rows.push({
      bench: `job over ${FLEET} devices, round ${round}`,
      'submit ms': Math.round(submitted),
      'rows committed ms': Math.round(all),
      'memory +MB': Math.round((process.memoryUsage().rss - memory) / 1e6),
    });
    await jobs.cancel(ctx, job.id);
    // The next round begins when the worker has put this one away.
    while ((await jobs.get(ctx, job.id)).state !== 'ended') await pause(100);
  }
  worker.kill('SIGKILL');
  await pause(500);
}

async function benchExecutions(backend: Backend): Promise<void> {
  const db = await stand.tenantDb();
  const jobs = new JobService(db, new LocalHints());
  const tenantId = await stand.aTenant();
  const ctx = aContext(tenantId);
  await stand.devices(tenantId, DEVICES, (index) => `127.0.0.1:${port + 50 + (index % AGENTS)}`);
  const admin = await stand.admin();
  await admin.query('VACUUM ANALYZE');
  if (values.statements) {
    await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await admin.query('SELECT pg_stat_statements_reset()');
  }
  const worker = await stand.worker(backend);
  for (const round of ['cold', 'warm', 'warm']) {
    const usage = { worker: cpuSeconds(worker.pid ?? 0), postgres: cpuSeconds(stand.postgresPid) };
    const began = performance.now();
    const job = await jobs.submit(ctx, {
      operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0', '1.3.6.1.2.1.1.5.0'] },
      targets: { filter: {} },
    });
    const done = await untilEnded(() => jobs.get(ctx, job.id), 120_000);
    const seconds = (performance.now() - began) / 1000;
    const each = (cpu: number): number => Math.round((cpu * 1_000_000) / DEVICES);
    rows.push({
      bench: `${DEVICES} executions, ${backend} queue, ${round}`,
      'per second': Math.round(DEVICES / seconds),
      succeeded: done.counts.succeeded,
      'worker µs': each(cpuSeconds(worker.pid ?? 0) - usage.worker),
      'postgres µs': each(cpuSeconds(stand.postgresPid) - usage.postgres),
    });
  }
  worker.kill('SIGTERM');
  await pause(1000);
}
