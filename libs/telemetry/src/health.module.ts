import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HealthCheckService, TerminusModule, type HealthIndicatorFunction } from '@nestjs/terminus';
import { PinoLogger } from 'nestjs-pino';
import { SideServer, type SideAnswer } from './side-server.ts';

export interface HealthSettings {
  /** 0: any free port. */
  readonly HEALTH_PORT: number;
  readonly DRM_BIND: string;
}

export interface HealthOptions {
  readonly settings: HealthSettings;
  /** Modules that provide what `inject` names. */
  readonly imports?: DynamicModule['imports'];
  readonly inject?: readonly (string | symbol | (abstract new (...args: never[]) => unknown))[];
  /** Called once with the injected providers; the checks run at every readiness probe. */
  readonly checks?: (...injected: never[]) => HealthIndicatorFunction[];
}

const SETTINGS = Symbol('HealthSettings');
const CHECKS = Symbol('readiness checks');

/**
 * Probes of a process without a web server: /health says that the event loop turns, and nothing else; /readiness asks the
 * checks, and says no as soon as the process drains.
 */
@Injectable()
export class HealthServer
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly server: SideServer;
  private isDraining = false;
  private port: number | null = null;

  constructor(
    private readonly health: HealthCheckService,
    @Inject(SETTINGS) private readonly settings: HealthSettings,
    @Inject(CHECKS) private readonly checks: HealthIndicatorFunction[],
    private readonly log: PinoLogger,
  ) {
    this.server = new SideServer(
      {
        '/health': () => json(200, { status: 'ok' }),
        '/readiness': () => this.readiness(),
      },
      (error) => log.error({ err: error }, 'health server failed'),
    );
  }

  /** The port it listens on; null before the start. */
  get listeningPort(): number | null {
    return this.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.port = await this.server.listen(this.settings.HEALTH_PORT, this.settings.DRM_BIND);
  }

  beforeApplicationShutdown(): void {
    this.isDraining = true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }

  private async readiness(): Promise<SideAnswer> {
    if (this.isDraining) return json(503, { status: 'draining' });
    try {
      const { status, details } = await this.health.check(this.checks);
      return json(status === 'ok' ? 200 : 503, { status, details: statesOf(details) });
    } catch (error) {
      const details = detailsOf(error);
      if (details === null) this.log.warn({ err: error }, 'a readiness check failed');
      return json(503, { status: 'error', details: details ?? {} });
    }
  }
}

/** Names and states only: an indicator's message may hold an address or driver text. */
function statesOf(details: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details as Record<string, { status?: string }>).map(([name, detail]) => [
      name,
      detail.status ?? 'unknown',
    ]),
  );
}

/** Terminus answers a failed check with an exception that carries the result. */
function detailsOf(error: unknown): Record<string, string> | null {
  const response = (error as { getResponse?: () => unknown } | null)?.getResponse?.();
  const details = (response as { details?: unknown } | undefined)?.details;
  return typeof details === 'object' && details !== null ? statesOf(details) : null;
}

const json = (status: number, value: unknown): SideAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});

@Module({})
export class HealthModule {
  static forApp({ settings, imports, inject, checks }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), ...(imports ?? [])],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: CHECKS, useFactory: checks ?? (() => []), inject: [...(inject ?? [])] },
        HealthServer,
      ],
      exports: [HealthServer],
    };
  }
}
