import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isPortFree, PortPool } from './free-port.ts';
import { isAlive } from './run-lock.ts';
import { RESTART_POLICY, restartPause, SupervisedProcess } from './supervised-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const QUICK = { ...RESTART_POLICY, firstPauseMs: 10, longestPauseMs: 20, maxFailures: 3 };
const SERVER = `
  import { createServer } from 'node:http';
  createServer((_, answer) => answer.end('ok')).listen(Number(process.env.HEALTH_PORT), '127.0.0.1');
  console.log('listening');
`;

describe('a supervised process', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let deaths: { how: string; lines: string[]; pauseMs: number | null }[];
  let supervised: SupervisedProcess;

  beforeEach(() => {
    folder = temporaryFolder('supervised');
    deaths = [];
  });
  afterEach(async () => {
    await supervised.stop();
    folder.remove();
  });

  async function start(source: string, policy = QUICK): Promise<SupervisedProcess> {
    const script = join(folder.path, 'main.mjs');
    writeFileSync(script, source);
    const port = await new PortPool('127.0.0.1').take(0);
    supervised = new SupervisedProcess(
      {
        name: 'worker',
        script,
        env: { HEALTH_PORT: String(port), MARK: join(folder.path, 'mark') },
        logFile: join(folder.path, 'worker.log'),
        healthUrl: `http://127.0.0.1:${port}/health`,
      },
      { died: (_name, how, lines, pauseMs) => deaths.push({ how, lines, pauseMs }) },
      policy,
    );
    supervised.start();
    return supervised;
  }

  it('is healthy when its address answers, and its output is in its log', async () => {
    const child = await start(SERVER);
    expect(await child.becomesHealthy()).toBe(true);
    expect(readFileSync(join(folder.path, 'worker.log'), 'utf8')).toContain('listening');
  });

  it('is started again when it dies, with its last words told', async () => {
    const child = await start(SERVER);
    await child.becomesHealthy();
    const before = child.pid ?? 0;
    process.kill(before, 'SIGKILL');
    while (deaths.length === 0) await new Promise((resume) => setTimeout(resume, 10));
    expect(await child.becomesHealthy()).toBe(true);
    expect(child.pid).not.toBe(before);
    expect(deaths).toEqual([{ how: 'signal SIGKILL', lines: ['listening'], pauseMs: 10 }]);
  });

  it('is given up when it never comes up', async () => {
    const child = await start("console.error('no database'); process.exit(3);");
    expect(await child.becomesHealthy()).toBe(false);
    expect(deaths.map(({ pauseMs }) => pauseMs)).toEqual([10, 20, null]);
    expect(deaths[0]).toMatchObject({ how: 'exit code 3', lines: ['no database'] });
  });

  it('is asked to end, and its end is not a death', async () => {
    const child = await start(
      `${SERVER} process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });`,
    );
    await child.becomesHealthy();
    const pid = child.pid ?? 0;
    await child.stop();
    expect(isAlive(pid)).toBe(false);
    expect(deaths).toEqual([]);
    expect(readFileSync(join(folder.path, 'worker.log'), 'utf8')).toContain('drained');
  });

  it('is killed when it does not end in time', async () => {
    const child = await start(`${SERVER} process.on('SIGTERM', () => {});`, {
      ...QUICK,
      stopWithinMs: 100,
    });
    await child.becomesHealthy();
    const pid = child.pid ?? 0;
    await child.stop();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('pauses between restarts', () => {
  it('double up to a limit, then end', () => {
    const policy = { ...RESTART_POLICY, firstPauseMs: 100, longestPauseMs: 300, maxFailures: 5 };
    expect([1, 2, 3, 4, 5].map((failures) => restartPause(failures, policy))).toEqual([
      100,
      200,
      300,
      300,
      null,
    ]);
  });
});

describe('ports', () => {
  it('are the wanted ones unless taken, and never given twice', async () => {
    const pool = new PortPool('127.0.0.1');
    const wanted = await pool.take(0);
    expect(await pool.take(wanted)).not.toBe(wanted);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await isPortFree(taken, '127.0.0.1')).toBe(false);
    expect(await new PortPool('127.0.0.1').take(taken)).not.toBe(taken);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(taken, '127.0.0.1')).toBe(true);
  });
});
