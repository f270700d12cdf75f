/**
 * Imports 100,000 devices with SNMP credentials from CSV, then the same file again (all updates), then exports them.
 *
 *   node --conditions=@drm/source --import ./tools/swc-register.mjs tools/bench/import-devices.ts \
 *     postgresql://postgres:…@127.0.0.1:5432/postgres [--rows 100000]
 *
 * Memory is the largest growth of the resident set while it works.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { AuditLog } from '@drm/audit';
import { DeviceExport, DeviceImport, EndpointSealer, ProtocolCatalog } from '@drm/devices';
import { uuidV7, type RequestContext } from '@drm/domain';
import { createDataSource, createTenantKey, TenantDb, TenantKeyring } from '@drm/persistence';
import { PROTOCOLS } from '@drm/protocol-registry';
import { connect, openBenchDatabase, processorNanoseconds } from './bench-database.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '100000' } },
});
const server = positionals[0];
if (server === undefined)
  throw new Error('Give the address of a PostgreSQL server as its administrator.');
const rows = Number(values.rows);
const maxBytes = 2 ** 30;

function* file(): Generator<Buffer> {
  yield Buffer.from('name,serialNumber,vendor,model,tags,protocol,address,credentials\n');
  for (let n = 1; n <= rows; n += 1) {
    const address = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:161`;
    yield Buffer.from(
      `Gateway ${n},SN${n},Acme,GW ${n % 10},region-${n % 20};site-${n % 1000},snmp,${address},"{""version"":""2c"",""community"":""c${n}""}"\n`,
    );
  }
}

async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const began = performance.now();
  const processor = process.cpuUsage();
  const server = processorNanoseconds(backend);
  try {
    return await work();
  } finally {
    clearInterval(watch);
    const { user, system } = process.cpuUsage(processor);
    const seconds = (performance.now() - began) / 1000;
    const after = processorNanoseconds(backend);
    const theirs = server === null || after === null ? '' : ((after - server) / 1e9).toFixed(1);
    console.log(
      `| ${name} | ${seconds.toFixed(1)} | ${((user + system) / 1e6).toFixed(1)} | ${theirs} | ${Math.round(rows / seconds)} | ${Math.round((most - before) / 2 ** 20)} |`,
    );
  }
}

const bench = await openBenchDatabase(server, 'drm_bench_import');
const tenantId = uuidV7();
const admin = await connect(bench.adminUrl);
await admin.query(
  "INSERT INTO drm.tenant (tenant_id, slug, name) VALUES ($1, 'import', 'import')",
  [tenantId],
);
await admin.query('INSERT INTO drm.tenant_limit (tenant_id) VALUES ($1)', [tenantId]);
await admin.destroy();
const source = await createDataSource({
  url: bench.appUrl,
  poolSize: 1,
  applicationName: 'bench',
}).initialize();
const [session] = await source.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
const backend = session?.pid ?? 0;
const db = new TenantDb(source);
const kek = randomBytes(32);
await db.run(tenantId, (tx) => createTenantKey(tx, kek, tenantId));
const sealer = new EndpointSealer(new ProtocolCatalog(PROTOCOLS), new TenantKeyring(db, kek));
const imports = new DeviceImport(db, sealer, new AuditLog(db));
const ctx: RequestContext = {
  tenantId,
  actor: { kind: 'system', id: null, name: 'bench' },
  permissions: new Set(),
  correlationId: 'bench-import',
  address: null,
};
console.log(
  `| ${rows} rows | s | CPU s of the process | of PostgreSQL | rows/s | memory MiB |\n|---|---|---|---|---|---|`,
);
const first = await measured('import (all new)', () =>
  imports.run(ctx, Readable.from(file()), { dryRun: false, maxBytes }),
);
const second = await measured('import again (all known)', () =>
  imports.run(ctx, Readable.from(file()), { dryRun: false, maxBytes }),
);
const dry = await measured('dry run (all known)', () =>
  imports.run(ctx, Readable.from(file()), { dryRun: true, maxBytes }),
);
let octets = 0;
await measured('export', async () => {
  for await (const piece of new DeviceExport(db).csv(ctx, {})) octets += piece.length;
});
console.log(JSON.stringify({ dry, first, second, octets }));
await source.destroy();
await bench.drop();
