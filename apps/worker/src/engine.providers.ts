import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { getQueueToken } from '@nestjs/bullmq';
import type { Provider } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { addressPolicy, DeviceOperationExecutor } from '@drm/devices';
import {
  DEFAULT_ENGINE_SETTINGS,
  EXECUTIONS_QUEUE,
  JobEngine,
  QueueFactory,
  SharedHints,
  type EngineObserver,
  type EngineSettings,
} from '@drm/jobs';
import { TenantDb, TenantKeyring } from '@drm/persistence';
import { PROTOCOLS } from '@drm/protocol-registry';
import { PinoLogger } from '@drm/telemetry';
import { EngineMetrics } from './metrics/engine-metrics.ts';
import { WORKER_SETTINGS, type WorkerSettings } from './worker.tokens.ts';

/** New with every start: a lease of the process before is not ours. */
const holderName = (): string =>
  `worker:${hostname().slice(0, 40)}:${process.pid}:${randomBytes(4).toString('hex')}`;

export function engineSettings(env: WorkerSettings): EngineSettings {
  return {
    ...DEFAULT_ENGINE_SETTINGS,
    holder: holderName(),
    slots: env.WORKER_CONCURRENCY,
    leaseMs: env.LEASE_SECONDS * 1000,
    graceMs: env.LEASE_GRACE_SECONDS * 1000,
    // A short lease of tests must leave room for an exchange.
    marginMs: Math.min(DEFAULT_ENGINE_SETTINGS.marginMs, env.LEASE_SECONDS * 100),
    dispatchTimeoutMs: env.DISPATCH_TIMEOUT_SECONDS * 1000,
    tickMs: env.DISPATCH_TICK_MS,
    idleMs: env.DISPATCH_IDLE_MS,
    drainMs: env.DRAIN_SECONDS * 1000,
  };
}

export const ENGINE_PROVIDERS: Provider[] = [
  {
    provide: SharedHints,
    inject: [WORKER_SETTINGS],
    useFactory: (env: WorkerSettings) =>
      new SharedHints({ redisUrl: env.REDIS_URL, databaseUrl: env.DATABASE_URL }),
  },
  {
    provide: DeviceOperationExecutor,
    inject: [WORKER_SETTINGS, TenantKeyring, PinoLogger],
    useFactory: (env: WorkerSettings, keyring: TenantKeyring, log: PinoLogger) =>
      new DeviceOperationExecutor(
        PROTOCOLS,
        {
          monotonicMs: () => performance.now(),
          randomBytes,
          allowsAddress: addressPolicy({ allowLoopback: env.ALLOW_LOOPBACK_DEVICES }),
        },
        keyring,
        log,
      ),
  },
  {
    provide: JobEngine,
    inject: [
      WORKER_SETTINGS,
      TenantDb,
      DeviceOperationExecutor,
      QueueFactory,
      getQueueToken(EXECUTIONS_QUEUE),
      SharedHints,
      EngineMetrics,
      PinoLogger,
    ],
    useFactory: (
      env: WorkerSettings,
      db: TenantDb,
      executor: DeviceOperationExecutor,
      queues: QueueFactory,
      queue: Queue,
      hints: SharedHints,
      metrics: EngineMetrics,
      log: PinoLogger,
    ) =>
      new JobEngine({
        db,
        executor,
        hints,
        bell: queues.bellOf(queue),
        settings: engineSettings(env),
        observer: observerOf(metrics, log),
      }),
  },
];

const observerOf = (metrics: EngineMetrics, log: PinoLogger): EngineObserver => ({
  count: (counter, n, labels) => metrics.count(counter, n, labels),
  pickSeconds: (seconds) => metrics.picked(seconds),
  warn: (fields, message) => log.warn(fields, message),
  info: (fields, message) => log.info(fields, message),
});
