import { Inject, Injectable } from '@nestjs/common';
import {
  getToken,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Counter, Gauge, Histogram } from 'prom-client';

const REQUESTS = 'http_requests_total';
const DURATION = 'http_request_duration_seconds';
const IN_PROGRESS = 'http_requests_inprogress';

/** 0.5 and 0.75 s are what the latency objectives are measured at. */
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10];

export const HTTP_METRIC_PROVIDERS = [
  makeCounterProvider({
    name: REQUESTS,
    help: 'Answered requests by route template and status',
    labelNames: ['method', 'route', 'status'],
  }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Time from the first byte of a request to the end of its answer; event streams left out',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
  }),
  makeGaugeProvider({
    name: IN_PROGRESS,
    help: 'Requests being answered now; event streams left out',
    labelNames: ['method', 'route'],
  }),
];

export interface HttpMetricsOptions {
  /** Route templates that stay open on purpose: they are counted when they end, never timed. */
  readonly streams?: readonly string[];
  /** Called once an answer is out, for the access log. */
  readonly onAnswered?: (answered: AnsweredRequest) => void;
}

export interface AnsweredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly elapsedMs: number;
}

interface Timing {
  readonly route: string;
  readonly startedAt: number;
  readonly isStream: boolean;
}

/** Counts and times the requests of a Fastify instance, labelled by route template: never by a raw path. */
@Injectable()
export class HttpMetrics {
  constructor(
    @Inject(getToken(REQUESTS)) private readonly requests: Counter,
    @Inject(getToken(DURATION)) private readonly duration: Histogram,
    @Inject(getToken(IN_PROGRESS)) private readonly inProgress: Gauge,
  ) {}

  /** Call before the routes are registered: Fastify's hooks cover what comes after them. */
  register(fastify: FastifyInstance, { streams = [], onAnswered }: HttpMetricsOptions = {}): void {
    const open = new Set(streams);
    const timings = new WeakMap<FastifyRequest, Timing>();
    fastify.addHook('onRequest', (request, _reply, done) => {
      const route = routeOf(request);
      const isStream = open.has(route);
      timings.set(request, { route, startedAt: performance.now(), isStream });
      if (!isStream) this.inProgress.inc({ method: request.method, route });
      done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      const timing = timings.get(request);
      if (timing !== undefined) {
        const { method } = request;
        const { route, startedAt, isStream } = timing;
        const labels = { method, route, status: String(reply.statusCode) };
        const elapsedMs = performance.now() - startedAt;
        this.requests.inc(labels);
        if (!isStream) {
          this.inProgress.dec({ method, route });
          this.duration.observe(labels, elapsedMs / 1000);
        }
        onAnswered?.({ method, route, status: reply.statusCode, elapsedMs });
      }
      done();
    });
  }
}

/** One label for everything that matches no route: a scanner must not make a series a path. */
const routeOf = (request: FastifyRequest): string =>
  request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
