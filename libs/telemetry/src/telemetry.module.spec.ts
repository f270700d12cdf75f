import { afterEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { HealthModule, HealthServer } from './health.module.ts';
import { MetricsServer } from './metrics-server.ts';
import { SideServer } from './side-server.ts';
import { TelemetryModule } from './telemetry.module.ts';

const settings = { LOG_LEVEL: 'silent', DRM_BIND: '127.0.0.1', METRICS_PORT: 0, HEALTH_PORT: 0 };

class FakeDatabase {
  isUp = true;
}

describe('a process without a web server', () => {
  let app: TestingModule | undefined;
  afterEach(() => app?.close());

  async function start(): Promise<{ health: string; metrics: string; database: FakeDatabase }> {
    const database = new FakeDatabase();
    const databaseModule = {
      module: class DatabaseModule {},
      providers: [{ provide: FakeDatabase, useValue: database }],
      exports: [FakeDatabase],
    };
    app = await Test.createTestingModule({
      imports: [
        TelemetryModule.forApp('worker', settings),
        HealthModule.forApp({
          settings,
          imports: [databaseModule],
          inject: [FakeDatabase],
          checks: (db: FakeDatabase) => [
            () => {
              if (!db.isUp) throw new Error('connect ECONNREFUSED secret-host:5432');
              return { database: { status: 'up' } };
            },
          ],
        }),
      ],
    }).compile();
    await app.init();
    const port = (server: { listeningPort: number | null }): string =>
      `http://127.0.0.1:${server.listeningPort ?? 0}`;
    return {
      health: port(app.get(HealthServer)),
      metrics: port(app.get(MetricsServer)),
      database,
    };
  }

  it('is alive and ready while its checks pass', async () => {
    const { health } = await start();
    expect((await fetch(`${health}/health`)).status).toBe(200);
    const ready = await fetch(`${health}/readiness`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok', details: { database: 'up' } });
  });

  it('stays alive but is not ready when a check fails, without telling why', async () => {
    const { health, database } = await start();
    database.isUp = false;
    expect((await fetch(`${health}/health`)).status).toBe(200);
    const ready = await fetch(`${health}/readiness`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).not.toContain('secret-host');
  });

  it('is not ready while it drains', async () => {
    const { health } = await start();
    app?.get(HealthServer).beforeApplicationShutdown();
    expect((await fetch(`${health}/readiness`)).status).toBe(503);
    expect((await fetch(`${health}/health`)).status).toBe(200);
  });

  it('serves metrics with the name of the service, and nothing else', async () => {
    const { metrics } = await start();
    const answer = await fetch(`${metrics}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toContain('process_cpu_seconds_total{service="worker"}');
    expect((await fetch(`${metrics}/`)).status).toBe(404);
    expect((await fetch(`${metrics}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('closes its listeners with the app', async () => {
    const { health } = await start();
    await app?.close();
    app = undefined;
    await expect(fetch(`${health}/health`)).rejects.toThrow();
  });
});

describe('a side server', () => {
  it('refuses a taken port', async () => {
    const first = new SideServer({}, () => undefined);
    const port = await first.listen(0, '127.0.0.1');
    const second = new SideServer({}, () => undefined);
    await expect(second.listen(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
    await first.close();
  });

  it('answers 500 and reports when a handler fails', async () => {
    const errors: unknown[] = [];
    const handlers = { '/metrics': () => Promise.reject(new Error('x')) };
    const server = new SideServer(handlers, (error) => errors.push(error));
    const port = await server.listen(0, '127.0.0.1');
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(500);
    expect(errors).toHaveLength(1);
    await server.close();
  });
});
