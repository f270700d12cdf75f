import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { precompress } from './precompress.ts';
import { hashSources, SourceStamp } from './source-stamp.ts';
import { StartError } from './start-error.ts';

const BUILD_FILES = ['package-lock.json', 'tsconfig.base.json', '.swcrc'];
const NODE_SOURCES = [
  ...['apps/api', 'apps/worker', 'apps/gateway', 'apps/simulator', 'libs'],
  ...['tools/build-node.mjs', ...BUILD_FILES],
];
const CONSOLE_SOURCES = [
  'apps/console',
  'libs/contracts',
  'libs/domain',
  'nx.json',
  ...BUILD_FILES,
];

export interface BuildTarget {
  readonly title: string;
  readonly isCurrent: boolean;
  build(signal: AbortSignal): Promise<void>;
}

function target(
  root: string,
  name: string,
  title: string,
  sources: readonly string[],
  output: string,
  build: (signal: AbortSignal) => Promise<void>,
): BuildTarget {
  const stamp = new SourceStamp(join(root, 'dist', 'stamps', name));
  const hash = hashSources(root, sources);
  return {
    title,
    isCurrent: existsSync(join(root, output)) && stamp.matches(hash),
    async build(signal) {
      await build(signal);
      stamp.write(hash);
    },
  };
}

/** The bundles of api, worker, gateway and simulator, built in this process: a second at most. */
export function nodeTarget(root: string): BuildTarget {
  return target(
    root,
    'node',
    'build the server',
    NODE_SOURCES,
    'dist/apps/api/main.js',
    async () => {
      const { buildApps } = await import('../build-node.mjs');
      await buildApps();
    },
  );
}

/** The console's static files, by the builder of its nx target. */
export function consoleTarget(root: string): BuildTarget {
  const output = 'dist/apps/console/browser/index.html';
  return target(root, 'console', 'build the console', CONSOLE_SOURCES, output, async (signal) => {
    await run(root, join(root, 'node_modules/.bin/nx'), ['build', 'console'], signal);
    await precompress(join(root, dirname(output)));
  });
}

function run(
  root: string,
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NG_CLI_ANALYTICS: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new StartError(`The console could not be built:\n${output.trim()}`)),
    );
  });
}
