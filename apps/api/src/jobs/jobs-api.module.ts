import { Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DEFAULT_FEED_LIMITS, JobFeeds, JobService, SharedHints } from '@drm/jobs';
import { TenantDb } from '@drm/persistence';
import { getToken, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { API_SETTINGS, type ApiSettings } from '../api-settings.ts';
import { ExecutionsController } from './executions.controller.ts';
import { JobEventsController } from './job-events.controller.ts';
import { JobsController } from './jobs.controller.ts';

const log = new Logger('job events');
const STREAMS = 'drm_sse_streams';

/** Jobs and their live events. Nothing here runs an execution, and no request waits for a queue. */
@Module({
  controllers: [JobEventsController, JobsController, ExecutionsController],
  providers: [
    makeGaugeProvider({ name: STREAMS, help: 'Event streams open in this process' }),
    {
      provide: SharedHints,
      inject: [API_SETTINGS],
      useFactory: (settings: ApiSettings) =>
        new SharedHints({ redisUrl: settings.REDIS_URL, databaseUrl: settings.DATABASE_URL }),
    },
    {
      provide: JobService,
      inject: [TenantDb, SharedHints],
      useFactory: (db: TenantDb, hints: SharedHints) => new JobService(db, hints),
    },
    {
      provide: JobFeeds,
      inject: [TenantDb, SharedHints, getToken(STREAMS)],
      useFactory: (db: TenantDb, hints: SharedHints, streams: Gauge) =>
        new JobFeeds(
          db,
          hints,
          (error) => log.warn({ err: error }, 'events not read'),
          DEFAULT_FEED_LIMITS,
          (open) => streams.set(open),
        ),
    },
  ],
  exports: [JobService, SharedHints],
})
export class JobsApiModule implements OnApplicationShutdown {
  constructor(@Inject(SharedHints) private readonly hints: SharedHints) {}

  async onApplicationShutdown(): Promise<void> {
    await this.hints.close();
  }
}
