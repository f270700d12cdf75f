/** The part of an app's environment that logging and metrics need; named as in libs/config. */
export interface TelemetrySettings {
  readonly LOG_LEVEL: string;
  /** Address the metrics listener binds to. */
  readonly DRM_BIND: string;
  /** 0: any free port. */
  readonly METRICS_PORT: number;
}

export const TELEMETRY_SETTINGS = Symbol('TelemetrySettings');
