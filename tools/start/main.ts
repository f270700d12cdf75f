// Runs on the pinned Node with the SWC loader; start.mjs has installed the packages.
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareDataFolder } from './data-folder.ts';
import { isPortFree } from './free-port.ts';
import { Product, portTaken, type ReadyProduct } from './product.ts';
import { Progress } from './progress.ts';
import { takeRunLock, type RunLock } from './run-lock.ts';
import { explain, StartError } from './start-error.ts';
import { reachable, readStartOptions, type StartOptions } from './start-options.ts';

const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
/** A second signal sooner than this is the same key press, delivered to the whole process group. */
const IMPATIENT_AFTER_MS = 1000;

const progress = new Progress();

/** Takes the data folder and makes sure of the port, before anything else costs time. */
async function takeLock(lockFile: string, options: StartOptions): Promise<RunLock> {
  const attempt = takeRunLock(lockFile, `http://${reachable(options.bind)}:${options.port}`);
  if (attempt.kind === 'busy') {
    const { pid, url } = attempt.owner;
    throw new StartError(
      `DRM is running already on ${options.dataDir} (pid ${pid}): ${url}\n` +
        `Stop it with Ctrl-C in its terminal or with: kill ${pid}`,
    );
  }
  const waitUntil = Date.now() + (attempt.wasAbandoned ? 15_000 : 0);
  if (attempt.wasAbandoned)
    progress.say('The last run was killed; waiting for what it left behind.');
  while (!(await isPortFree(options.port, options.bind))) {
    if (Date.now() >= waitUntil) {
      attempt.lock.release();
      throw portTaken(options.port);
    }
    await new Promise((resume) => setTimeout(resume, 200));
  }
  return attempt.lock;
}

function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function announce(ready: ReadyProduct, options: StartOptions): void {
  const { admin } = ready;
  const file = fromHere(ready.passwordFile);
  const password =
    admin.kind === 'given'
      ? 'as given in DRM_ADMIN_PASSWORD when the account was made'
      : admin.kind === 'chosen-earlier'
        ? 'as given in DRM_ADMIN_PASSWORD at the first start'
        : admin.wasShown
          ? `the first one is kept in ${file}`
          : `${admin.password}   (shown only now; kept in ${file})`;
  const data =
    ready.clusterDir === null
      ? `your DATABASE_URL; keys and logs in ${options.dataDir}`
      : ready.clusterDir.startsWith(options.dataDir)
        ? options.dataDir
        : `${ready.clusterDir}; keys and logs in ${options.dataDir}`;
  const lines = [
    '',
    `DRM is ready (${progress.elapsedSeconds.toFixed(1)} s)`,
    `  Console    ${ready.url}`,
    `  Sign in    ${options.adminEmail}`,
    `  Password   ${password}`,
    `  Data       ${data}`,
    '  Stop       Ctrl-C',
    '',
  ];
  progress.say(lines.join('\n'));
}

async function main(): Promise<void> {
  const options = readStartOptions(process.env, ROOT);
  const folder = prepareDataFolder(options.dataDir);
  const lock = await takeLock(folder.lockFile, options);

  let stoppedAt = 0;
  let exitCode = 0;
  let starting: Promise<unknown> = Promise.resolve();
  const stop = async (): Promise<void> => {
    stoppedAt = Date.now();
    await product.stop();
    await starting.catch(() => undefined);
    await product.stop(); // what a step under way still brought up
    lock.release();
    if (exitCode === 0) progress.say('Stopped. The data are kept.');
    process.exit(exitCode);
  };
  const stopNow = (): void => {
    if (stoppedAt === 0) {
      progress.say('\nStopping …');
      void stop();
    } else if (Date.now() - stoppedAt > IMPATIENT_AFTER_MS) {
      progress.say('Stopping at once.');
      product.kill();
    }
  };
  const fail = (reason: string): void => {
    exitCode = 1;
    if (stoppedAt !== 0) return;
    progress.say(`${reason} Everything is stopped; the logs are in ${folder.logs}`);
    void stop();
  };
  const product = new Product(ROOT, options, folder, progress, fail);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopNow);
  // The process that npm began is gone: nobody is left who could stop us.
  process.on('disconnect', stopNow);

  const begun = product.start();
  starting = begun;
  try {
    announce(await begun, options);
  } catch (error) {
    if (stoppedAt !== 0) return; // the stop that interrupted it goes on
    report(error);
    exitCode = 1;
    await stop();
  }
}

function report(error: unknown): void {
  const known = explain(error, 'go on');
  if (known instanceof StartError) console.error(`\n${known.message}`);
  else console.error(error);
}

process.channel?.unref();
try {
  await main();
} catch (error) {
  report(error);
  process.exitCode = 1;
}
