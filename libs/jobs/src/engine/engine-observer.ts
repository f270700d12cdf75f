/** What the engine counts; the app gives the counters to Prometheus. */
export type EngineCounter =
  | 'picked'
  | 'claims'
  | 'lease_lost'
  | 'stale_finish'
  | 'dispatch_timeout'
  | 'verify'
  | 'poison'
  | 'bell_failures'
  | 'executions';

export interface EngineObserver {
  count(counter: EngineCounter, n: number, labels?: Readonly<Record<string, string>>): void;
  pickSeconds(seconds: number): void;
  /** One failure, one line. `fields` hold ids, never values of a device. */
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

export const SILENT_OBSERVER: EngineObserver = {
  count: () => undefined,
  pickSeconds: () => undefined,
  warn: () => undefined,
  info: () => undefined,
};
