import type { Provider } from '@nestjs/common';
import {
  getToken,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { EngineCounter } from '@drm/jobs';

/** Counters of the engine by what it calls them. No tenant label: cardinality, and isolation. */
const COUNTERS: Readonly<
  Record<EngineCounter, { name: string; help: string; labelNames: readonly string[] }>
> = {
  picked: { name: 'drm_picked_total', help: 'Executions dispatched', labelNames: [] },
  claims: {
    name: 'drm_claims_total',
    help: 'Wake-ups by what they led to',
    labelNames: ['result'],
  },
  lease_lost: {
    name: 'drm_lease_lost_total',
    help: 'Executions this process had to let go of',
    labelNames: [],
  },
  stale_finish: {
    name: 'drm_stale_finish_total',
    help: 'Finishes refused by their fence',
    labelNames: [],
  },
  dispatch_timeout: {
    name: 'drm_dispatch_timeout_total',
    help: 'Dispatched executions nobody began in time',
    labelNames: [],
  },
  verify: { name: 'drm_verify_total', help: 'Starts in mode verify', labelNames: [] },
  poison: { name: 'drm_poison_total', help: 'Executions that failed as poison', labelNames: [] },
  bell_failures: {
    name: 'drm_bell_failures_total',
    help: 'Wake-ups the queue did not take',
    labelNames: [],
  },
  executions: {
    name: 'drm_executions_total',
    help: 'Ends of runs by protocol and next state',
    labelNames: ['protocol', 'result'],
  },
};

const GAUGES = {
  open: {
    name: 'drm_executions_open',
    help: 'Executions that have not ended',
    labelNames: ['status', 'affinity'],
  },
  oldest: {
    name: 'drm_execution_oldest_queued_seconds',
    help: 'Age of the oldest execution that could run',
    labelNames: ['affinity'],
  },
  waiting: {
    name: 'drm_waiting',
    help: 'Executions that wait, by reason; of at most 200,000, told by the scheduler leader once a minute',
    labelNames: ['code'],
  },
  ledgerGap: {
    name: 'drm_job_ledger_gap',
    help: 'Executions the counters lost or made up; must be 0',
    labelNames: [],
  },
  outboxOldest: {
    name: 'drm_outbox_oldest_seconds',
    help: 'Age of the oldest announcement not delivered',
    labelNames: [],
  },
  leader: {
    name: 'drm_scheduler_leader',
    help: '1 while this process runs the crons of which there is one',
    labelNames: [],
  },
  running: {
    name: 'drm_executions_running',
    help: 'Executions this process holds now',
    labelNames: [],
  },
} as const;
export type EngineGauge = keyof typeof GAUGES;

const PICK = {
  name: 'drm_pick_seconds',
  help: 'Time of one dispatcher round',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
};

const COUNTER_NAMES = Object.keys(COUNTERS) as EngineCounter[];
const GAUGE_NAMES = Object.keys(GAUGES) as EngineGauge[];

export class EngineMetrics {
  private readonly counters: ReadonlyMap<EngineCounter, Counter>;
  private readonly gauges: ReadonlyMap<EngineGauge, Gauge>;

  constructor(
    private readonly pick: Histogram,
    metrics: readonly (Counter | Gauge)[],
  ) {
    this.counters = new Map(COUNTER_NAMES.map((name, index) => [name, metrics[index] as Counter]));
    this.gauges = new Map(
      GAUGE_NAMES.map((name, index) => [name, metrics[COUNTER_NAMES.length + index] as Gauge]),
    );
  }

  count(counter: EngineCounter, n: number, labels: Readonly<Record<string, string>> = {}): void {
    if (n > 0) this.counters.get(counter)?.inc({ ...labels }, n);
  }

  set(gauge: EngineGauge, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.gauges.get(gauge)?.set({ ...labels }, value);
  }

  /** Labels that are not set again afterwards are gone. */
  reset(gauge: EngineGauge): void {
    this.gauges.get(gauge)?.reset();
  }

  picked(seconds: number): void {
    this.pick.observe(seconds);
  }
}

export const ENGINE_METRIC_PROVIDERS: Provider[] = [
  ...COUNTER_NAMES.map((name) =>
    makeCounterProvider({ ...COUNTERS[name], labelNames: [...COUNTERS[name].labelNames] }),
  ),
  ...GAUGE_NAMES.map((name) =>
    makeGaugeProvider({ ...GAUGES[name], labelNames: [...GAUGES[name].labelNames] }),
  ),
  makeHistogramProvider(PICK),
  {
    provide: EngineMetrics,
    inject: [
      PICK.name,
      ...COUNTER_NAMES.map((name) => COUNTERS[name].name),
      ...GAUGE_NAMES.map((name) => GAUGES[name].name),
    ].map((name) => getToken(name)),
    useFactory: (pick: Histogram, ...metrics: (Counter | Gauge)[]) =>
      new EngineMetrics(pick, metrics),
  },
];
