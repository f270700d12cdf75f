// Runs on the Node that the machine has (20 or newer) and uses nothing but Node's own modules: installs the packages,
// then runs a script with the Node that the lock file pins (package "node").
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.drm-installed');
const OLDEST_NODE = 20;

/** Text of what must be installed: the same text means that nothing has to be done. */
function wantedStamp() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
}

function isInstalled(wanted) {
  if (!existsSync(join(MODULES, '.bin', 'node'))) return false;
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === wanted;
  // Somebody ran npm by hand: npm's own copy of the lock is at least as new as the lock, or it is out of date.
  const npmOwn = join(MODULES, '.package-lock.json');
  const lock = join(ROOT, 'package-lock.json');
  return existsSync(npmOwn) && statSync(npmOwn).mtimeMs >= statSync(lock).mtimeMs;
}

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', (error) => resolve({ code: 127, error }));
    child.on('exit', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), signal }));
  });
}

async function install(wanted) {
  // npm ci empties the folder first, and through a link that is somebody else's.
  if (lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      `${MODULES} is a link to another folder and out of date. Remove the link, or run npm ci there.`,
    );
    process.exit(1);
  }
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.log('Installing npm packages (first run, or package-lock.json changed) …');
  const ticker = setInterval(() => console.log(`  still installing, ${seconds()} s`), 15_000);
  // NODE_ENV=production in the caller's shell would leave out what the build needs.
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev'];
  const { code, error } = await run('npm', args, { shell: process.platform === 'win32' });
  clearInterval(ticker);
  if (code !== 0) {
    const why = error ? `: ${error.message}` : ` (exit code ${code}); the lines above say why`;
    console.error(`npm ci failed${why}. Is the npm registry reachable and the disk not full?`);
    process.exit(1);
  }
  writeFileSync(STAMP, wanted);
  console.log(`  installed in ${seconds()} s`);
}

/** Runs `script` on the pinned Node, hands signals on and ends with its exit code. */
export function runOnPinnedNode(script) {
  const bin = join(MODULES, '.bin');
  const loader = ['--conditions=@drm/source', '--import', './tools/swc-register.mjs'];
  const child = spawn(join(bin, 'node'), [...loader, script, ...process.argv.slice(2)], {
    cwd: ROOT,
    // The channel tells the script when this process is killed; nothing is sent over it.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`The pinned Node does not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/**
 * @param {string} script path from the repository's root, TypeScript
 */
export async function bootstrap(script) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    console.error(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`);
    process.exit(1);
  }
  const wanted = wantedStamp();
  if (!isInstalled(wanted)) await install(wanted);
  else if (!existsSync(STAMP)) writeFileSync(STAMP, wanted);
  runOnPinnedNode(script);
}
