/**
 * GET /api/v1/devices/{id} with a token, on the real api process, against bare fastify + pg doing the same query, in
 * the same run and in turns. Bar: 35 % of the throughput of the bare one.
 *
 *   node --conditions=@drm/source --import ./tools/swc-register.mjs tools/bench/device-read.ts \
 *     postgresql://postgres:…@127.0.0.1:5432/postgres [--port 27100] [--rounds 5] [--seconds 4] [--connections 32]
 *
 * `bare` reads as the administrator, without row-level security and without a transaction: it cannot do less. Needs wrk.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEVICE_SQL } from '@drm/persistence';
import { connect, openBenchDatabase } from './bench-database.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '27100' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
  },
});
const server = positionals[0];
if (server === undefined)
  throw new Error('Give the address of a PostgreSQL server as its administrator.');
const port = Number(values.port);
const password = randomBytes(18).toString('base64url');
const folder = mkdtempSync(join(tmpdir(), 'drm-bench-'));
const LOADER = ['--conditions=@drm/source', '--import', './tools/swc-register.mjs'];
const children: ChildProcess[] = [];

function keyFiles(): { kek: string; jwt: string } {
  const files = { kek: join(folder, 'kek'), jwt: join(folder, 'jwt.pem') };
  writeFileSync(files.kek, randomBytes(32).toString('hex'), { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(files.jwt, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return files;
}

function start(script: string, args: readonly string[], env: Record<string, string>): void {
  const child = spawn(process.execPath, [...LOADER, script, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
}

async function answers(url: string, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, init);
      if (response.ok) return response;
      if (attempt === 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    } catch (error) {
      if (attempt === 200) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Requests a second over many devices. */
function load(name: string, base: string, ids: readonly string[], token: string | null): number {
  const script = join(folder, `${name}.lua`);
  const header = token === null ? '' : `wrk.headers["authorization"] = "Bearer ${token}"`;
  writeFileSync(
    script,
    `${header}
local ids = {${ids.map((id) => `"${id}"`).join(',')}}
local n = 0
request = function() n = n + 1; return wrk.format("GET", "${new URL(base).pathname}/" .. ids[n % #ids + 1]) end`,
  );
  const run = spawnSync(
    'wrk',
    ['-t1', `-c${values.connections}`, `-d${values.seconds}s`, '-s', script, new URL(base).origin],
    { encoding: 'utf8' },
  );
  if (/Non-2xx/.test(run.stdout)) throw new Error(`${name}: ${run.stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(run.stdout)?.[1] ?? 0);
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const bench = await openBenchDatabase(server, 'drm_bench_read');
try {
  const { kek, jwt } = keyFiles();
  const seeded = spawnSync(process.execPath, [...LOADER, 'apps/api/src/migrate.ts', 'seed'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      DATABASE_MIGRATION_URL: bench.adminUrl,
      KEK_FILE: kek,
      DRM_ADMIN_PASSWORD: password,
    },
    encoding: 'utf8',
  });
  if (seeded.status !== 0) throw new Error(seeded.stderr);
  const admin = await connect(bench.adminUrl);
  const rows = await admin.query<{ id: string; tenant_id: string }[]>(
    'SELECT id, tenant_id FROM drm.device LIMIT 1000',
  );
  await admin.query('VACUUM ANALYZE');
  await admin.destroy();
  const tenant = rows[0]?.tenant_id ?? '';
  const ids = rows.map((row) => row.id);

  start('apps/api/src/main.ts', [], {
    NODE_ENV: 'test',
    DATABASE_URL: bench.appUrl,
    KEK_FILE: kek,
    JWT_PRIVATE_KEY_FILE: jwt,
    PORT: String(port),
    METRICS_PORT: String(port + 3),
    LOG_LEVEL: 'info',
  });
  start('tools/bench/bare-server.ts', [String(port + 1), bench.adminUrl, DEVICE_SQL], {});
  start('tools/bench/bare-server.ts', [String(port + 2), bench.appUrl, DEVICE_SQL, 'rls'], {});
  const api = `http://127.0.0.1:${port}/api/v1`;
  await answers(`${api}/health`);
  const login = await answers(`${api}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@example.com', password }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const targets = [
    ['bare', `http://127.0.0.1:${port + 1}/${tenant}`, null],
    [
      'bare, in a transaction under row-level security',
      `http://127.0.0.1:${port + 2}/${tenant}`,
      null,
    ],
    ['api', `${api}/devices`, accessToken],
  ] as const;
  const found = new Map<string, number[]>(targets.map(([name]) => [name, []]));
  for (let round = 0; round <= Number(values.rounds); round += 1)
    for (const [name, url, token] of targets) {
      const rate = load(name.replace(/\W/g, '-'), url, ids, token);
      if (round > 0) found.get(name)?.push(rate); // round 0 warms up
    }
  const bare = found.get('bare') ?? [];
  console.log(
    `| ${ids.length} devices, ${values.connections} connections | requests/s (median) | of bare (median of rounds) |\n|---|---|---|`,
  );
  for (const [name, rates] of found) {
    const ratio = median(rates.map((rate, round) => rate / (bare[round] ?? 1)));
    console.log(`| ${name} | ${Math.round(median(rates))} | ${Math.round(ratio * 100)} % |`);
  }
} finally {
  for (const child of children) child.kill('SIGTERM');
  await bench.drop();
  rmSync(folder, { recursive: true, force: true });
}
