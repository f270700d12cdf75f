import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, JobCounts } from '@drm/contracts';
import { endpointSecretPlace } from '@drm/devices';
import { uuidV7, type RequestContext } from '@drm/domain';
import { prepareQueueSchema } from '@drm/jobs';
import {
  createDataSource,
  createTenantKey,
  Migrator,
  TenantDb,
  TenantKeyring,
} from '@drm/persistence';
import { DataSource } from 'typeorm';
import {
  findPostgresPlace,
  startPostgres,
  type RunningPostgres,
} from '../start/embedded-postgres.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'bench-only-password';
const LOGINS = ['app_rw', 'app_worker', 'app_gateway', 'app_platform'] as const;

export type Backend = 'postgres' | 'redis';

export interface StandOptions {
  /** First of the ports it uses: PostgreSQL, Redis, then worker health and metrics. */
  readonly port: number;
  readonly settings?: readonly string[];
}

/** PostgreSQL, Redis and processes of one bench, all on loopback; ends only what it started. */
export class EngineStand {
  readonly folder = mkdtempSync(join(tmpdir(), 'drm-bench-'));
  readonly kek = randomBytes(32);
  private server: RunningPostgres | null = null;
  private redisProcess: ChildProcess | null = null;
  private readonly sources: DataSource[] = [];
  private readonly children = new Set<ChildProcess>();

  constructor(private readonly options: StandOptions) {
    chmodSync(this.folder, 0o755);
    writeFileSync(join(this.folder, 'kek'), this.kek.toString('hex'));
  }

  get redisUrl(): string {
    return `redis://127.0.0.1:${this.options.port + 1}`;
  }

  get postgresPid(): number {
    return this.server?.pid ?? 0;
  }

  get redisPid(): number {
    return this.redisProcess?.pid ?? 0;
  }

  url(login: (typeof LOGINS)[number] | 'postgres'): string {
    return `postgresql://${login}:${PASSWORD}@127.0.0.1:${this.options.port}/drm`;
  }

  /** Starts PostgreSQL, durable as in production, and brings the schema up. */
  async start(): Promise<void> {
    await this.startDatabase();
    await new Migrator(this.url('postgres')).up(
      Object.fromEntries(LOGINS.map((login) => [login, PASSWORD])),
    );
    const admin = await this.admin();
    const runner = admin.createQueryRunner();
    const client = (await runner.connect()) as Parameters<typeof prepareQueueSchema>[0];
    await prepareQueueSchema(client);
    await runner.release();
  }

  async startDatabase(): Promise<void> {
    const place = await findPostgresPlace(this.folder);
    this.server = await startPostgres(place, {
      port: this.options.port,
      password: PASSWORD,
      settings: this.options.settings ?? [],
    });
  }

  /** Immediate shutdown, as a crash: everything not on disk is gone. */
  async crashDatabase(): Promise<void> {
    process.kill(this.postgresPid, 'SIGQUIT');
    while (existsSync(`/proc/${this.postgresPid}/status`) && !isZombie(this.postgresPid))
      await pause(20);
    await this.startDatabase();
  }

  async startRedis(): Promise<void> {
    const child = spawn(
      'redis-server',
      [
        '--port',
        String(this.options.port + 1),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--maxmemory-policy',
        'noeviction',
        '--dir',
        this.folder,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.redisProcess = child;
    this.children.add(child);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Ready to accept')) resolve();
      });
    });
  }

  /** A script of this repository as a process of its own, once it printed a line with `ready`. */
  async run(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    ready: string | null,
  ): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ['--conditions=@drm/source', '--import', './tools/swc-register.mjs', script, ...args],
      { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${script} ended with ${code ?? 'a signal'}`)));
      if (ready === null) resolve();
      child.stdout.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        if (ready !== null && text.includes(ready)) resolve();
        if (process.env['BENCH_VERBOSE'] !== undefined || /"level":"(warn|error|fatal)"/.test(text))
          process.stderr.write(text);
      });
    });
    return child;
  }

  /** The real worker app; its health port is `port` + 2 + 2 × index. */
  async worker(
    backend: Backend,
    index = 0,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ChildProcess> {
    const port = this.options.port + 2 + 2 * index;
    const child = await this.run(
      'apps/worker/src/main.ts',
      [],
      {
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        DATABASE_URL: this.url('app_worker'),
        KEK_FILE: join(this.folder, 'kek'),
        HEALTH_PORT: String(port),
        METRICS_PORT: String(port + 1),
        ALLOW_LOOPBACK_DEVICES: 'true',
        ...(backend === 'redis' ? { REDIS_URL: this.redisUrl } : {}),
        ...environment,
      },
      null,
    );
    for (let tries = 0; ; tries += 1) {
      const isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (isUp) return child;
      if (tries === 300) throw new Error('the worker does not come up');
      await pause(100);
    }
  }

  async admin(): Promise<DataSource> {
    const source = await new DataSource({
      type: 'postgres',
      url: this.url('postgres'),
      poolSize: 2,
      installExtensions: false,
    }).initialize();
    this.sources.push(source);
    return source;
  }

  async tenantDb(login: 'app_rw' | 'app_worker' = 'app_rw', poolSize = 4): Promise<TenantDb> {
    const source = await createDataSource({
      url: this.url(login),
      poolSize,
      applicationName: `bench-${login}`,
    }).initialize();
    this.sources.push(source);
    return new TenantDb(source);
  }

  /** A tenant with a data key. */
  async aTenant(): Promise<string> {
    const id = uuidV7();
    const admin = await this.admin();
    await admin.query('INSERT INTO drm.tenant (tenant_id, slug, name) VALUES ($1, $2, $2)', [
      id,
      `bench-${id.slice(-6)}`,
    ]);
    await admin.query('INSERT INTO drm.tenant_limit (tenant_id) VALUES ($1)', [id]);
    const db = await this.tenantDb();
    await db.run(id, (tx) => createTenantKey(tx, this.kek, id));
    return id;
  }

  /** Devices with one SNMP endpoint each; several may share an agent. */
  async devices(
    tenantId: string,
    count: number,
    addressOf: (index: number) => string,
    settings: Readonly<Record<string, number>> = {},
  ): Promise<string[]> {
    const db = await this.tenantDb();
    const keyring = new TenantKeyring(db, this.kek);
    // The first call reads the tenant's key; thousands at once would each read it.
    await keyring.seal(tenantId, endpointSecretPlace(tenantId), '');
    const ids = Array.from({ length: count }, () => uuidV7()).sort();
    for (let from = 0; from < count; from += 5000) {
      const part = ids.slice(from, from + 5000);
      const endpoints = part.map(() => uuidV7());
      const sealed = await Promise.all(
        endpoints.map((id) =>
          keyring.seal(
            tenantId,
            endpointSecretPlace(id),
            JSON.stringify({ community: 'demo', writeCommunity: 'demo-write' }),
          ),
        ),
      );
      await db.run(tenantId, async (tx) => {
        await tx.execute(
          `INSERT INTO drm.device (tenant_id, id, name, name_key, protocols, address)
           SELECT $1, i, 'device ' || i, 'device ' || i, '{snmp}', a FROM unnest($2::uuid[], $3::text[]) x (i, a)`,
          [tenantId, part, part.map((_, index) => addressOf(from + index))],
        );
        await tx.execute(
          `INSERT INTO drm.device_endpoint (tenant_id, id, device_id, protocol, address, credentials, secrets_set, sealed, settings)
           SELECT $1, e, d, 'snmp', a, '{"version":"2c"}', '{community,writeCommunity}', s, $6::jsonb
           FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[]) x (e, d, a, s)`,
          [
            tenantId,
            endpoints,
            part,
            part.map((_, index) => addressOf(from + index)),
            sealed,
            JSON.stringify(settings),
          ],
        );
      });
    }
    return ids;
  }

  async stop(): Promise<void> {
    for (const source of this.sources)
      if (source.isInitialized) await source.destroy().catch(() => undefined);
    for (const child of this.children) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

export const aContext = (tenantId: string): RequestContext => ({
  tenantId,
  actor: { kind: 'system', id: null, name: 'bench' },
  permissions: new Set(['jobs:run', 'jobs:read']),
  correlationId: `bench-${randomBytes(4).toString('hex')}`,
  address: null,
});

const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};

const TICKS_A_SECOND = 100;

/** Seconds of processor time a process and its children of now have used; Linux only, else 0. */
export function cpuSeconds(pid: number): number {
  const of = (one: string): number => {
    try {
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      // utime, stime and those of children that have ended
      return (
        [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / TICKS_A_SECOND
      );
    } catch {
      return 0;
    }
  };
  if (!existsSync('/proc/self/stat')) return 0;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/stat`, 'utf8')
            .replace(/^.*\) /, '')
            .split(' ')[1] === String(pid)
        );
      } catch {
        return false;
      }
    });
  return [String(pid), ...children].reduce((sum, one) => sum + of(one), 0);
}

export const ended = (counts: JobCounts): number =>
  counts.succeeded + counts.failed + counts.cancelled + counts.expired;

/** Waits until a job has ended. @throws when it takes longer than `timeoutMs` */
export async function untilEnded(
  get: () => Promise<Job>,
  timeoutMs: number,
  everyMs = 100,
): Promise<Job> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const job = await get();
    if (job.state === 'ended') return job;
    if (performance.now() > end)
      throw new Error(`The job does not end: ${JSON.stringify(job.counts)}`);
    await pause(everyMs);
  }
}
