import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { findPostgresPlace, startPostgres, type RunningPostgres } from './embedded-postgres.ts';
import { PortPool } from './free-port.ts';
import { isAlive } from './run-lock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const password = 'not-a-secret';

describe('the embedded PostgreSQL', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const running: RunningPostgres[] = [];
  beforeEach(() => {
    folder = temporaryFolder('pg');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    folder.remove();
  });

  async function start(onExit?: (words: string) => void): Promise<RunningPostgres> {
    const place = await findPostgresPlace(folder.path);
    const port = await new PortPool('127.0.0.1').take(0);
    const options = { port, password, throwAway: true };
    const server = await startPostgres(place, onExit ? { ...options, onExit } : options);
    running.push(server);
    return server;
  }

  async function query<Row>(port: number, text: string, secret = password): Promise<Row[]> {
    const client = new Client({
      connectionString: `postgresql://postgres:${secret}@127.0.0.1:${port}/postgres`,
    });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  it('keeps its data over a stop, and wants the password', async () => {
    const first = await start();
    await query(first.port, "CREATE TABLE kept AS SELECT 'yes' AS answer");
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await query(second.port, 'TABLE kept')).toEqual([{ answer: 'yes' }]);
    await expect(query(second.port, 'SELECT 1', 'wrong')).rejects.toThrow('password');
  });

  it('ends a server that a killed start left behind, and opens its data', async () => {
    const left = await start();
    await query(left.port, 'CREATE TABLE kept (n int)');
    const next = await start(); // on the same folder, with nobody to stop the first
    expect(isAlive(left.pid)).toBe(false);
    expect(await query(next.port, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
  });

  it('tells when it ends by itself', async () => {
    let tell: (words: string) => void = () => undefined;
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const server = await start((words) => tell(words));
    process.kill(server.pid, 'SIGQUIT');
    expect(await told).toContain('shutdown');
  });

  it('does not mistake a half-made cluster for a whole one', async () => {
    const place = await findPostgresPlace(folder.path);
    writeFileSync(`${place.dataDir}.new`, 'left by a crash');
    await start();
    expect(existsSync(join(place.dataDir, 'PG_VERSION'))).toBe(true);
  });

  it('says in words why it cannot start', async () => {
    const first = await start();
    const place = { ...(await findPostgresPlace(folder.path)) };
    const other = temporaryFolder('pg-other');
    try {
      const elsewhere = { ...place, dataDir: join(other.path, 'postgres') };
      await expect(
        startPostgres(elsewhere, { port: first.port, password, throwAway: true }),
      ).rejects.toThrow(/PostgreSQL does not start .*[\s\S]*Address already in use/);
    } finally {
      other.remove();
    }
  });

  it('lies elsewhere when its account may not enter, and stays there', async () => {
    const closed = join(folder.path, 'closed');
    const dataDir = join(closed, 'data');
    const elsewhere = join(folder.path, 'elsewhere');
    mkdirSync(dataDir, { recursive: true });
    chmodSync(closed, 0o700);
    const account = { uid: 65_534, gid: 65_534, name: 'nobody' };
    const place = await findPostgresPlace(dataDir, account, elsewhere);
    expect(place.isInDataFolder).toBe(false);
    expect(place.dataDir.startsWith(elsewhere)).toBe(true);

    chmodSync(closed, 0o755);
    expect((await findPostgresPlace(dataDir, account, elsewhere)).dataDir).toBe(place.dataDir);
    rmSync(dataDir, { recursive: true }); // and with it the password
    mkdirSync(dataDir);
    expect((await findPostgresPlace(dataDir, account, elsewhere)).dataDir).not.toBe(place.dataDir);
  });

  it('opens a private data folder to pass through, not to be read', async () => {
    const dataDir = join(folder.path, 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    const account = { uid: 65_534, gid: 65_534, name: 'nobody' };
    expect((await findPostgresPlace(dataDir, account)).isInDataFolder).toBe(true);
    expect(statSync(dataDir).mode & 0o777).toBe(0o711);
  });
});
