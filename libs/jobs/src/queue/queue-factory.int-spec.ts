import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import { Queue } from 'bullmq';
import { until } from '../testing/engine-bench.ts';
import type { WakeBatch } from './bell.ts';
import { EXECUTIONS_QUEUE, prepareQueueSchema, QueueFactory } from './queue-factory.ts';
import { SharedHints } from './shared-hints.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
let database: TestDatabase;
let redis: { readonly url: string; stop(): void } | null = null;
const factories: QueueFactory[] = [];

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** TEST_REDIS_URL, or a redis-server of this file's own; null when this machine has none. */
async function provideRedis(): Promise<typeof redis> {
  const url = process.env['TEST_REDIS_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => undefined };
  const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find(existsSync);
  if (program === undefined) return null;
  const port = await freePort();
  const child: ChildProcess = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', ''],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept')) resolve();
    });
  });
  return { url: `redis://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}

beforeAll(async () => {
  database = await TestDatabase.create();
  const admin = await database.source('admin', 1);
  const runner = admin.createQueryRunner();
  const client = (await runner.connect()) as Parameters<typeof prepareQueueSchema>[0];
  await prepareQueueSchema(client);
  await prepareQueueSchema(client); // again and again does no harm
  await runner.release();
  redis = await provideRedis();
  if (redis === null) process.stderr.write('skipped: no redis-server and no TEST_REDIS_URL\n');
}, 60_000);
afterEach(async () => {
  for (const factory of factories.splice(0)) await factory.close();
});
afterAll(async () => {
  redis?.stop();
  await database.drop();
});

function aFactory(driver: 'postgres' | 'redis'): QueueFactory | null {
  if (driver === 'redis' && redis === null) return null;
  const factory = new QueueFactory({
    redisUrl: driver === 'redis' ? redis?.url : undefined,
    databaseUrl: database.url('app_worker'),
    onError: () => undefined,
  });
  factories.push(factory);
  return factory;
}

const batch = (n: number): WakeBatch => ({ t: 'tenant', w: [[`execution ${n}`, null, 0, 'c']] });

describe.each(['postgres', 'redis'] as const)('the %s bell', (driver) => {
  it('wakes one of two listeners for every message, as a role that owns nothing', async () => {
    const factory = aFactory(driver);
    if (factory === null) return;
    const heard: string[] = [];
    for (let listener = 0; listener < 2; listener += 1)
      factory.listen(EXECUTIONS_QUEUE, (message) => {
        heard.push(String(message.w[0]?.[0]));
        return Promise.resolve();
      });
    const bell = factory.bell(EXECUTIONS_QUEUE);
    await bell.ring([batch(1), batch(2)]);
    await bell.ring([batch(3)]);
    await until(() => heard.length >= 3, 'the messages arrive');
    expect(heard.sort()).toEqual(['execution 1', 'execution 2', 'execution 3']);
  }, 30_000);

  it('does not ring again for a listener that fails', async () => {
    const factory = aFactory(driver);
    if (factory === null) return;
    let heard = 0;
    factory.listen(EXECUTIONS_QUEUE, () => {
      heard += 1;
      return Promise.reject(new Error('broken'));
    });
    await factory.bell(EXECUTIONS_QUEUE).ring([batch(4)]);
    await until(() => heard > 0, 'the message arrives');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard).toBe(1);
  }, 30_000);

  it('leaves the message of a killed listener active until its lock ends, then fails it unheard', async () => {
    const factory = aFactory(driver);
    if (factory === null) return;
    // A queue nobody checked yet: on Redis there is one check for stalled messages an interval, whoever asked for it.
    const name = 'wake';
    const lockMs = 3000;
    const dying = spawn(
      process.execPath,
      [
        ...['--conditions=@drm/source', '--import', './tools/swc-register.mjs'],
        ...['libs/jobs/src/testing/stuck-listener.ts', name, String(lockMs)],
        ...[database.url('app_worker'), driver === 'redis' ? (redis?.url ?? '') : ''],
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = new Promise((resolve) => dying.once('exit', resolve));
    const heardThere = new Promise<void>((resolve, reject) => {
      dying.stdout.once('data', () => resolve());
      dying.once('exit', () => reject(new Error('the listener ended by itself')));
    });
    const queue = new Queue(name, factory.queueOptions());
    const heard: string[] = [];
    try {
      await factory.bellOf(queue).ring([batch(6)]);
      await heardThere;
      dying.kill('SIGKILL');
      await exited;
      const killedAt = performance.now();
      const active = async (): Promise<number> =>
        (await queue.getJobCounts('active'))['active'] ?? 0;
      expect(await active()).toBe(1);
      factory.listen(
        name,
        (message) => {
          heard.push(String(message.w[0]?.[0]));
          return Promise.resolve();
        },
        { lockDuration: lockMs, stalledInterval: 300 },
      );
      await factory.bellOf(queue).ring([batch(7)]);
      await until(() => heard.length > 0, 'the next message is heard at once');
      await until(async () => (await active()) === 1, 'only the message of the dead is active');
      await until(async () => (await active()) === 0, 'the message leaves the active ones');
      // The lock was renewed at most half its length before the kill.
      expect(performance.now() - killedAt).toBeGreaterThan(lockMs / 3);
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(heard).toEqual(['execution 7']);
      const left = await queue.getJobCounts('active', 'wait', 'delayed', 'failed', 'completed');
      expect(Object.values(left).every((n) => n === 0)).toBe(true);
    } finally {
      dying.kill('SIGKILL');
      await queue.close();
    }
  }, 30_000);

  it('carries hints between processes, and one message for many', async () => {
    if (driver === 'redis' && redis === null) return;
    const settings = {
      redisUrl: driver === 'redis' ? redis?.url : undefined,
      databaseUrl: database.url('app_rw'),
    };
    const [here, there] = [new SharedHints(settings), new SharedHints(settings)];
    const heard: string[] = [];
    there.listen((hint) => heard.push(hint.jobId));
    await until(() => {
      here.say({ kind: 'progress', tenantId: 't', jobId: 'first' });
      return heard.includes('first');
    }, 'the hint arrives');
    await here.close();
    await there.close();
  }, 30_000);
});

describe('a bell nobody can hear', () => {
  it('rejects within seconds instead of hanging', async () => {
    const port = await freePort();
    const factory = new QueueFactory({
      redisUrl: `redis://127.0.0.1:${port}`,
      databaseUrl: '',
      onError: () => undefined,
    });
    const began = performance.now();
    await expect(factory.bell(EXECUTIONS_QUEUE).ring([batch(5)])).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(5000);
    await factory.close();
  }, 20_000);
});
