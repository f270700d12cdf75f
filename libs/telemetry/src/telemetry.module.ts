import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { ClsModule } from 'nestjs-cls';
import { LoggerModule } from 'nestjs-pino';
import { register } from 'prom-client';
import { HTTP_METRIC_PROVIDERS, HttpMetrics } from './http-metrics.ts';
import { createLogger } from './logger.ts';
import { MetricsServer } from './metrics-server.ts';
import { TELEMETRY_SETTINGS, type TelemetrySettings } from './telemetry-settings.ts';

/** Stands in for the package's controller, which would serve the metrics on the public port. */
@Controller()
class NoMetricsRoute {}

/** Logs and metrics of one process. Import it once, in the app's root module; it is global. */
@Module({})
export class TelemetryModule {
  /** @param service word in every log line: api, worker, gateway … */
  static forApp(service: string, settings: TelemetrySettings): DynamicModule {
    register.setDefaultLabels({ service });
    return {
      module: TelemetryModule,
      global: true,
      imports: [
        ClsModule.forRoot({ global: true, middleware: { mount: false } }),
        LoggerModule.forRoot({
          pinoHttp: { logger: createLogger(service, settings.LOG_LEVEL) },
          // No route: the request's fields come from CLS, and a child logger a request is not needed.
          forRoutes: [],
        }),
        PrometheusModule.register({
          controller: NoMetricsRoute,
          // The registry is the process's: a second app in one process (tests) must not register them again.
          defaultMetrics: {
            enabled: register.getSingleMetric('process_cpu_user_seconds_total') === undefined,
          },
          global: true,
        }),
      ],
      providers: [
        { provide: TELEMETRY_SETTINGS, useValue: settings },
        ...HTTP_METRIC_PROVIDERS,
        HttpMetrics,
        MetricsServer,
      ],
      exports: [LoggerModule, PrometheusModule, HttpMetrics, MetricsServer],
    };
  }
}
