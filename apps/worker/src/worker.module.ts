import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { QueueFactory } from '@drm/jobs';
import { loadKek, PersistenceModule, TenantDb } from '@drm/persistence';
import { createLogger, HealthModule, TelemetryModule } from '@drm/telemetry';
import { HousekeepingCron } from './crons/housekeeping.cron.ts';
import { ReconcileCron } from './crons/reconcile.cron.ts';
import { SchedulerLeader } from './crons/scheduler-leader.ts';
import { EngineLifecycle } from './engine-lifecycle.ts';
import { ENGINE_PROVIDERS } from './engine.providers.ts';
import { ExecutionsProcessor } from './executions.processor.ts';
import { ENGINE_METRIC_PROVIDERS } from './metrics/engine-metrics.ts';
import { queueImports } from './queue-imports.ts';
import { WORKER_SETTINGS, type WorkerSettings } from './worker.tokens.ts';

/** Queue processors, dispatcher, reconciler, crons. No controller and no listener: nobody reaches a worker from outside. */
@Module({})
export class WorkerModule {
  static forApp(settings: WorkerSettings): DynamicModule {
    const log = createLogger('worker', settings.LOG_LEVEL);
    const queues = new QueueFactory({
      redisUrl: settings.REDIS_URL,
      databaseUrl: settings.DATABASE_URL,
      onError: (error) => log.warn({ err: error }, 'the queue is away or answers with errors'),
    });
    return {
      module: WorkerModule,
      imports: [
        TelemetryModule.forApp('worker', settings),
        PersistenceModule.forRoot({
          url: settings.DATABASE_URL,
          poolSize: settings.DATABASE_POOL_SIZE,
          applicationName: 'drm-worker',
          kek: loadKek(settings),
          onSlowTransaction: (slow) => log.warn({ ...slow }, 'slow transaction'),
        }),
        ...queueImports(queues),
        ScheduleModule.forRoot(),
        HealthModule.forApp({
          settings,
          inject: [TenantDb],
          checks: (db: TenantDb) => [() => databaseAnswers(db)],
        }),
      ],
      providers: [
        { provide: WORKER_SETTINGS, useValue: settings },
        { provide: QueueFactory, useValue: queues },
        ...ENGINE_METRIC_PROVIDERS,
        ...ENGINE_PROVIDERS,
        ExecutionsProcessor,
        EngineLifecycle,
        SchedulerLeader,
        ReconcileCron,
        HousekeepingCron,
      ],
    };
  }
}

async function databaseAnswers(db: TenantDb): Promise<HealthIndicatorResult> {
  await db.asSystem('health', (tx) => tx.sql('SELECT 1'), { timeoutMs: 2000 });
  return { database: { status: 'up' } };
}
