/**
 * Lists 50 of 1,000,000 devices by every filter and sort, as role app_rw under row-level security.
 *
 *   node --conditions=@drm/source --import ./tools/swc-register.mjs tools/bench/list-devices.ts \
 *     postgresql://postgres:…@127.0.0.1:5432/postgres [--devices 1000000] [--tenants 50] [--rounds 40] [--keep]
 *
 * Milliseconds are as the caller waits: transaction, statements and rows made into objects. On a machine that does other
 * things too, the CPU columns (PostgreSQL's process and this one, on the same machine only) tell what the list itself
 * costs. The address is an administrator's; a database `drm_bench_list` is made there (and dropped, unless --keep is given:
 * then the next run finds its fleet). Bar: p95 of 50 ms in every row.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { DEVICE_SORTS, type DeviceQuery } from '@drm/contracts';
import { createDataSource, DeviceList, TenantDb } from '@drm/persistence';
import { connect, openBenchDatabase, processorNanoseconds } from './bench-database.ts';
import { CREATE_TRIGRAMS, DROP_TRIGRAMS, seedFleet } from './seed-fleet.ts';

const BAR_MS = 50;
const TENANT = '01990000-0000-7000-8000-00000000';
const bigTenant = `${TENANT}0001`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: 'string', default: '1000000' },
    tenants: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '40' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const server = positionals[0] ?? '';
if (server === '') throw new Error('Give the address of a PostgreSQL server as its administrator.');

type Filter = Omit<DeviceQuery, 'limit' | 'cursor' | 'sort'>;
const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const FILTERS: readonly (readonly [string, Filter])[] = [
  ['no filter', {}],
  ['reachability common (92 %)', { reachability: 'reachable' }],
  ['reachability 8 %', { reachability: 'unreachable' }],
  ['reachability rare (0.02 %)', { reachability: 'unknown' }],
  ['tag 10 %', { tag: 'region-4' }],
  ['tag 1 %', { tag: 'beta' }],
  ['tag 0.3 %', { tag: 'lab' }],
  ['tag 0.02 %', { tag: 'site-4711' }],
  ['tag absent', { tag: 'no-such-tag' }],
  ['protocol 50 %', { protocol: 'cwmp' }],
  ['protocol 10 %', { protocol: 'usp' }],
  ['protocol absent', { protocol: 'webpa' }],
  ['contact before 58 days (5 %)', { lastContactBefore: ago(58) }],
  ['contact before 1 day (98 %)', { lastContactBefore: ago(1) }],
  ['contact in last hour (0.07 %)', { lastContactAfter: ago(1 / 24) }],
  ['contact in last 30 days (50 %)', { lastContactAfter: ago(30) }],
  ['text common, clustered by name (20 %)', { q: 'sim' }],
  ['text common (vendor, 25 %)', { q: 'Borealis' }],
  ['text in every device', { q: 'sn' }],
  ['text common, clustered by name (25 %)', { q: 'gw 10' }],
  ['text 0.1 %', { q: '-123-' }],
  ['text address prefix 0.3 %', { q: '10.7.12' }],
  ['text serial, one device', { q: 'SN7E3335182252A0' }],
  ['text name, one device', { q: '0777777' }],
  ['text absent', { q: 'zebra' }],
  ['text absent of common parts', { q: 'sim-gw-ont' }],
  ['text 2 characters, common', { q: 'gw' }],
  ['text 2 characters, absent', { q: 'zq' }],
  ['text 1 character', { q: '7' }],
  ['text 1 character, absent', { q: '#' }],
  ['tag 1 % + unreachable', { tag: 'beta', reachability: 'unreachable' }],
  ['tag 10 % + protocol 50 %', { tag: 'region-4', protocol: 'cwmp' }],
  ['tag 10 % + text 25 %', { tag: 'region-4', q: 'Borealis' }],
  ['unreachable + not for 30 days', { reachability: 'unreachable', lastContactBefore: ago(30) }],
  ['protocol 10 % + text one device', { protocol: 'usp', q: 'SN7E3335182252A0' }],
  [
    'tag + protocol + reach + contact',
    { tag: 'region-4', protocol: 'cwmp', reachability: 'unreachable', lastContactAfter: ago(30) },
  ],
];

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function seed(url: string): Promise<void> {
  const admin = await connect(url);
  await admin.query(DROP_TRIGRAMS);
  const tenants = Number(values.tenants);
  for (let index = 1; index <= tenants; index += 1) {
    const devices = index === 1 ? Number(values.devices) : 4000;
    const fleet = { tenantId: `${TENANT}${String(index).padStart(4, '0')}`, devices };
    await seedFleet(
      admin,
      fleet,
      index,
      index === 1 ? (text) => console.error(text) : () => undefined,
    );
  }
  await admin.query(`SET maintenance_work_mem = '512MB'`);
  await admin.query(CREATE_TRIGRAMS);
  await admin.query('VACUUM ANALYZE');
  await admin.destroy();
}

interface Spent {
  readonly wall: number;
  readonly cpu: number | null;
}

const onProcessor = (backend: number): number | null => {
  const theirs = processorNanoseconds(backend);
  const { user, system } = process.cpuUsage();
  return theirs === null ? null : theirs / 1e6 + (user + system) / 1e3;
};

/** First pages, then pages that follow: every fourth request begins again. */
async function measure(
  db: TenantDb,
  backend: number,
  query: Omit<DeviceQuery, 'limit' | 'cursor'>,
  rounds: number,
): Promise<Spent[]> {
  const list = new DeviceList();
  const spent: Spent[] = [];
  let cursor: string | undefined;
  for (let round = -1; round < rounds; round += 1) {
    const before = onProcessor(backend);
    const began = performance.now();
    const asked = { ...query, limit: 50, ...(cursor !== undefined && { cursor }) };
    const page = await db.run(bigTenant, (tx) => list.page(tx, asked), { mode: 'ro' });
    const wall = performance.now() - began;
    const after = onProcessor(backend);
    if (round >= 0)
      spent.push({ wall, cpu: before === null || after === null ? null : after - before });
    cursor = round % 4 === 3 ? undefined : (page.nextCursor ?? undefined);
  }
  return spent;
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const text = (milliseconds: number | undefined): string => milliseconds?.toFixed(1) ?? '';

const bench = await openBenchDatabase(server, 'drm_bench_list');
if (!bench.existed) await seed(bench.adminUrl);
const source = await createDataSource({
  url: bench.appUrl,
  poolSize: 1,
  applicationName: 'bench',
}).initialize();
const db = new TenantDb(source);
const [about] = await source.query<{ version: string; pid: number; buffers: string }[]>(
  "SELECT split_part(version(), ' on ', 1) AS version, pg_backend_pid() AS pid, current_setting('shared_buffers') AS buffers",
);
console.log(
  `${about?.version}, shared_buffers ${about?.buffers}, load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors\n`,
);
console.log(
  '| filter | sort | p50 ms | p95 ms | max ms | CPU p50 | CPU p95 | |\n|---|---|---|---|---|---|---|---|',
);
let over = 0;
let rows = 0;
const all: number[] = [];
for (const [name, filter] of FILTERS) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  for (const sort of DEVICE_SORTS) {
    const spent = await measure(db, about?.pid ?? 0, { ...filter, sort }, Number(values.rounds));
    const wall = sorted(spent.map((one) => one.wall));
    const cpu = sorted(spent.flatMap((one) => (one.cpu === null ? [] : [one.cpu])));
    const p95 = percentile(wall, 0.95);
    if (p95 > BAR_MS) over += 1;
    rows += 1;
    all.push(...wall);
    const cells = [
      percentile(wall, 0.5),
      p95,
      wall.at(-1),
      cpu[Math.floor(cpu.length / 2)],
      cpu[Math.floor(cpu.length * 0.95)],
    ];
    console.log(
      `| ${name} | ${sort} | ${cells.map(text).join(' | ')} | ${p95 > BAR_MS ? 'OVER' : ''} |`,
    );
  }
}
const every = sorted(all);
console.log(
  `\nall ${every.length} lists: p50 ${text(percentile(every, 0.5))} ms, p95 ${text(percentile(every, 0.95))} ms; ` +
    `${over} of ${rows} rows over the bar of ${BAR_MS} ms`,
);
await source.destroy();
if (!values.keep) await bench.drop();
