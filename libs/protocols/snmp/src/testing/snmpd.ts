import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOLS = ['/usr/sbin/snmpd', '/usr/bin/snmpget', '/usr/bin/snmpwalk'] as const;

/** Which of the tools are absent; the suite skips itself and says so when any is. */
export const missingTools = (): readonly string[] => TOOLS.filter((tool) => !existsSync(tool));

export interface UsmUser {
  readonly name: string;
  /** As createUser spells them. */
  readonly auth?: { readonly protocol: string; readonly password: string };
  readonly priv?: { readonly protocol: string; readonly password: string };
}

export interface RunningSnmpd {
  readonly port: number;
  /** Output lines of a C tool against this agent, e.g. `snmpget`, with `-On -OQ -Oe`. */
  ask(tool: 'snmpget' | 'snmpwalk' | 'snmpbulkwalk', ...args: string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Debian's snmpd with a configuration and an engine id of its own, on loopback. */
export async function startSnmpd(
  users: readonly UsmUser[],
  wantedPort?: number,
): Promise<RunningSnmpd> {
  const folder = await mkdtemp(join(tmpdir(), 'snmpd-'));
  const port = wantedPort ?? (await freePort());
  const configuration = join(folder, 'snmpd.conf');
  await writeFile(configuration, configurationOf(port, users));
  // Debian ships no IETF MIBs and the tools complain about each one at length.
  const env = { PATH: '/usr/bin:/bin:/usr/sbin', MIBS: '', SNMP_PERSISTENT_DIR: folder };
  const child = spawn(TOOLS[0], ['-f', '-Lo', '-C', '-c', configuration, '-I', '-smux'], {
    env,
    stdio: 'ignore',
  });
  const ask: RunningSnmpd['ask'] = async (tool, ...args) => {
    const { stdout } = await run(tool, ['-On', '-OQ', '-Oe', '-t', '1', '-r', '1', ...args], {
      env,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.split('\n').filter((line) => line !== '');
  };
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilUp(() =>
      ask('snmpget', '-v2c', '-c', 'public', `127.0.0.1:${port}`, '1.3.6.1.2.1.1.3.0'),
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { port, ask, close };
}

function configurationOf(port: number, users: readonly UsmUser[]): string {
  return [
    `agentaddress udp:127.0.0.1:${port}`,
    'rocommunity public 127.0.0.1',
    'rwcommunity private 127.0.0.1',
    'sysObjectID 1.3.6.1.4.1.8072.3.2.10',
    // A value in the file would make the objects read-only.
    'override -rw 1.3.6.1.4.1.8072.9999.9999.1.1.0 integer 7',
    'override -rw 1.3.6.1.4.1.8072.9999.9999.1.2.0 octet_str "first"',
    ...users.flatMap((user) => [createUser(user), `rwuser ${user.name} ${levelOf(user)}`]),
    '',
  ].join('\n');
}

const createUser = ({ name, auth, priv }: UsmUser): string =>
  [
    `createUser ${name}`,
    ...(auth === undefined ? [] : [`${auth.protocol} "${auth.password}"`]),
    ...(priv === undefined ? [] : [`${priv.protocol} "${priv.password}"`]),
  ].join(' ');

const levelOf = ({ auth, priv }: UsmUser): string =>
  auth === undefined ? 'noauth' : priv === undefined ? 'auth' : 'priv';

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(resolve);
  });
  return port;
}

async function untilUp(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ask();
      return;
    } catch (error) {
      if (attempt >= 10) throw error;
    }
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}
