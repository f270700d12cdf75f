import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgresPlace, startPostgres } from '../start/embedded-postgres.ts';
import { PortPool } from '../start/free-port.ts';
import { postgresAccount } from '../start/postgres-account.ts';

/** A server that tests use; it and its files are gone after `stop`. */
export interface TestService {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const PASSWORD = 'tests-only';
const pool = new PortPool('127.0.0.1');

function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `drm-${name}-`));
  chmodSync(folder, 0o755); // PostgreSQL may run as another user
  return folder;
}

/** The embedded PostgreSQL, without fsync, on a free port. */
export async function startEmbeddedDatabase(): Promise<TestService> {
  const folder = temporaryFolder('test-pg');
  return started(folder, await findPostgresPlace(folder), undefined);
}

/** Debian's packages of PostgreSQL, oldest first; the oldest we support is 15. */
export function installedPostgres(
  base = '/usr/lib/postgresql',
): { version: number; bin: string }[] {
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .map((name) => ({ version: Number(name), bin: join(base, name, 'bin') }))
    .filter(({ version, bin }) => version >= 15 && existsSync(join(bin, 'postgres')))
    .toSorted((a, b) => a.version - b.version);
}

/** The PostgreSQL whose programs lie in `bin`, as a throw-away cluster of our own. */
export function startDatabaseOf(bin: string): Promise<TestService> {
  const folder = temporaryFolder('test-pg-system');
  const place = {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    dataDir: join(folder, 'postgres'),
    account: postgresAccount(),
    isInDataFolder: true,
  };
  return started(folder, place, ['--locale=C.UTF-8']);
}

async function started(
  folder: string,
  place: Parameters<typeof startPostgres>[0],
  localeFlags: readonly string[] | undefined,
): Promise<TestService> {
  const port = await pool.take(0);
  try {
    const server = await startPostgres(place, {
      port,
      password: PASSWORD,
      throwAway: true,
      ...(localeFlags === undefined ? {} : { localeFlags }),
    });
    return {
      url: `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
      pid: server.pid,
      async stop() {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Redis with nothing on disk, as the queues need it: never evicting. */
export async function startRedis(program: string): Promise<TestService> {
  const folder = temporaryFolder('test-redis');
  const port = await pool.take(0);
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const child = spawn(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended (${code ?? '?'}): ${said}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
