import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const READY_MS = 240_000;
const STOP_MS = 20_000;

/** The product, started the way a user starts it, on a data folder of its own. */
export interface Stack {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

const pause = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/api/v1/readiness`);
    return response.ok;
  } catch {
    return false;
  }
}

async function waitUntilReady(baseUrl: string, process: ChildProcess, log: string): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await isReady(baseUrl))) {
    const tail = () => readFileSync(log, 'utf8').slice(-4_000);
    if (process.exitCode !== null) throw new Error(`the product did not start:\n${tail()}`);
    if (Date.now() > end) throw new Error(`not ready after ${READY_MS / 1_000} s:\n${tail()}`);
    await pause(250);
  }
}

/** Starts the product with `tools/start/start.mjs` and waits until it is ready. */
export async function startStack(): Promise<Stack> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'drm-e2e-'));
  const log = join(dataDir, 'start.log');
  const email = 'admin@example.com';
  const password = 'correct horse battery staple';
  const out = openSync(log, 'a');
  const child = spawn(process.execPath, ['tools/start/start.mjs'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: String(port),
      DRM_DATA_DIR: dataDir,
      DRM_ADMIN_EMAIL: email,
      DRM_ADMIN_PASSWORD: password,
    },
    stdio: ['ignore', out, out],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      child.kill('SIGINT');
      const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(impatient);
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  const baseUrl = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(baseUrl, child, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { baseUrl, email, password, stop };
}
