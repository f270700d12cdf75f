import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installedPostgres } from './test-servers.ts';

/** A program of the system that some tests need. */
export interface SystemNeed {
  readonly name: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** What is not tested without it. */
  readonly skips: string;
  find(): string | null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a program: on PATH, or where Debian keeps what is for administrators. */
export function findProgram(...names: string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== '' && isExecutable(path)) return path;
    }
  }
  return null;
}

export const SYSTEM_NEEDS: readonly SystemNeed[] = [
  {
    name: 'snmpd',
    packages: ['snmpd'],
    skips: 'SNMP against a real agent',
    find: () => findProgram('snmpd'),
  },
  {
    name: 'snmpget',
    packages: ['snmp'],
    skips: "SNMP results compared with net-snmp's tools",
    find: () => findProgram('snmpget'),
  },
  {
    name: 'redis-server',
    packages: ['redis-server'],
    skips: 'queues on Redis',
    find: () => findProgram('redis-server'),
  },
  {
    name: 'chromium',
    packages: ['chromium'],
    skips: 'browser tests',
    find: () => {
      const given = process.env['CHROMIUM_PATH'];
      if (given && existsSync(given)) return given;
      return findProgram('chromium', 'chromium-browser', 'google-chrome');
    },
  },
  {
    name: 'PostgreSQL of the system (15 or newer)',
    packages: ['postgresql'],
    skips: 'the database tests on a second version of PostgreSQL',
    find: () => installedPostgres()[0]?.bin ?? null,
  },
];

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** Keeps packages from starting their services (snmpd, redis, PostgreSQL): tests run servers of their own. */
function withoutServices<Result>(work: () => Result): Result {
  const isOurs = !existsSync(SERVICE_POLICY);
  if (isOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    if (isOurs) rmSync(SERVICE_POLICY, { force: true });
  }
}

function aptGet(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-qq'];
  return spawnSync('apt-get', [...options, ...args], { env, stdio: 'inherit' }).status === 0;
}

export interface SystemState {
  /** Path by name of the need. */
  readonly found: ReadonlyMap<string, string>;
  readonly missing: readonly SystemNeed[];
}

function look(): SystemState {
  const found = new Map<string, string>();
  const missing: SystemNeed[] = [];
  for (const need of SYSTEM_NEEDS) {
    const path = need.find();
    if (path === null) missing.push(need);
    else found.set(need.name, path);
  }
  return { found, missing };
}

/** Installs what is missing where that is allowed (root on Debian or Ubuntu); says what stays missing otherwise. */
export function provideSystemPackages(say: (line: string) => void): SystemState {
  const state = look();
  if (state.missing.length === 0) return state;
  const packages = state.missing.flatMap((need) => need.packages);
  if (process.getuid?.() !== 0 || !isDebian()) {
    say(`Not installed: ${state.missing.map(({ name }) => name).join(', ')}.`);
    say(`To have all tests: sudo apt-get install ${packages.join(' ')}`);
    return state;
  }
  say(`Installing ${packages.join(' ')} (apt-get) …`);
  withoutServices(() => {
    aptGet(['update']);
    // One by one when they do not go together: one that cannot be had must not cost the others.
    if (!aptGet(['install', '-y', '--no-install-recommends', ...packages])) {
      for (const name of packages) aptGet(['install', '-y', '--no-install-recommends', name]);
    }
  });
  return look();
}
