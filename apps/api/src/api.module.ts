import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { loadKek, PersistenceModule } from '@drm/persistence';
import { TelemetryModule } from '@drm/telemetry';
import { API_SETTINGS, type ApiSettings } from './api-settings.ts';
import { AccountsApiModule } from './auth/accounts-api.module.ts';
import { DevicesModule } from './devices/devices.module.ts';
import { HealthController } from './health/health.controller.ts';
import { JobsApiModule } from './jobs/jobs-api.module.ts';
import { OverviewModule } from './overview/overview.module.ts';
import { ViewsModule } from './views/views.module.ts';

/** The northbound API. It owns no socket to a device, runs no queue processor and no cron. */
@Module({})
export class ApiModule {
  static forRoot(settings: ApiSettings): DynamicModule {
    return {
      module: ApiModule,
      global: true,
      imports: [
        TelemetryModule.forApp('api', settings),
        PersistenceModule.forRoot({
          url: settings.DATABASE_URL,
          poolSize: settings.DATABASE_POOL_SIZE,
          applicationName: 'drm-api',
          platformUrl: settings.DATABASE_PLATFORM_URL,
          kek: loadKek(settings),
        }),
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
        AccountsApiModule.forRoot(settings),
        JobsApiModule,
        DevicesModule,
        ViewsModule,
        OverviewModule,
      ],
      controllers: [HealthController],
      providers: [{ provide: API_SETTINGS, useValue: settings }],
      exports: [API_SETTINGS, JobsApiModule],
    };
  }
}
