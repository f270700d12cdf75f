import { Module, type DynamicModule } from '@nestjs/common';
import type { GatewayEnvironment } from '@drm/config';
import { PersistenceModule, TenantDb } from '@drm/persistence';
import { HealthModule, TelemetryModule } from '@drm/telemetry';

const PROBE_TIMEOUT_MS = 2000;

/**
 * Listeners that protocols declare; none of them yet. No controller, no processor, no cron: the gateway talks to devices
 * and to nobody else.
 */
@Module({})
export class GatewayModule {
  static forApp(env: GatewayEnvironment): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        TelemetryModule.forApp('gateway', env),
        PersistenceModule.forRoot({
          url: env.DATABASE_URL,
          poolSize: env.DATABASE_POOL_SIZE,
          applicationName: 'drm-gateway',
        }),
        HealthModule.forApp({
          settings: env,
          inject: [TenantDb],
          checks: (db: TenantDb) => [
            async () => {
              await db.asSystem('health', (tx) => tx.sql('SELECT 1'), {
                timeoutMs: PROBE_TIMEOUT_MS,
              });
              return { database: { status: 'up' } };
            },
          ],
        }),
      ],
    };
  }
}
