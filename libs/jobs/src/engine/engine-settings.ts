/** Timers and sizes of the engine. Defaults: design, jobs, section 7. */
export interface EngineSettings {
  /** This process in leases and in the register of runners; new with every start. */
  readonly holder: string;
  readonly app: string;
  readonly affinity: string;
  /** Executions at once. */
  readonly slots: number;
  readonly leaseMs: number;
  /** How long after a lease another process waits before it takes the device. */
  readonly graceMs: number;
  /** An exchange must end this long before the lease does: clock rates differ, the event loop lags. */
  readonly marginMs: number;
  readonly dispatchTimeoutMs: number;
  /** Between two picks while there is work; without work `idleMs`. */
  readonly tickMs: number;
  readonly idleMs: number;
  readonly drainMs: number;
}

export const DEFAULT_ENGINE_SETTINGS = {
  app: 'worker',
  affinity: 'worker',
  slots: 200,
  leaseMs: 45_000,
  graceMs: 15_000,
  marginMs: 1000,
  dispatchTimeoutMs: 30_000,
  tickMs: 25,
  idleMs: 500,
  drainMs: 60_000,
} as const satisfies Omit<EngineSettings, 'holder'>;
