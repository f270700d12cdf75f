export { PinoLogger, Logger as NestLogger } from 'nestjs-pino';
export { acceptCorrelationId, registerCorrelation, requestIdOf } from './correlation.ts';
export { closeOnSignals } from './graceful-shutdown.ts';
export {
  HealthModule,
  HealthServer,
  type HealthOptions,
  type HealthSettings,
} from './health.module.ts';
export { HttpMetrics, type AnsweredRequest, type HttpMetricsOptions } from './http-metrics.ts';
export {
  addLogFields,
  currentLogFields,
  logScope,
  withLogFields,
  type LogFields,
  type LogScope,
} from './log-fields.ts';
export { createLogger, loggerOptions } from './logger.ts';
export { MetricsServer } from './metrics-server.ts';
export { TelemetryModule } from './telemetry.module.ts';
export type { TelemetrySettings } from './telemetry-settings.ts';
