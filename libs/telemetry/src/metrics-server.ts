import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { register } from 'prom-client';
import { SideServer } from './side-server.ts';
import { TELEMETRY_SETTINGS, type TelemetrySettings } from './telemetry-settings.ts';

/** Serves /metrics on a port of its own: what faces users never shows them, and a scrape waits for no request. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server: SideServer;
  private port: number | null = null;

  constructor(
    @Inject(TELEMETRY_SETTINGS) private readonly settings: TelemetrySettings,
    log: PinoLogger,
  ) {
    this.server = new SideServer(
      {
        '/metrics': async () => ({
          status: 200,
          contentType: register.contentType,
          body: await register.metrics(),
        }),
      },
      (error) => log.error({ err: error }, 'metrics server failed'),
    );
  }

  /** The port it listens on; null before the start. */
  get listeningPort(): number | null {
    return this.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.port = await this.server.listen(this.settings.METRICS_PORT, this.settings.DRM_BIND);
  }

  /** The last to close: a drain is worth seeing. */
  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }
}
