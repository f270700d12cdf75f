import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { GATEWAY_ENV, readEnvironment } from '@drm/config';
import { HealthServer, MetricsServer } from '@drm/telemetry';
import { TestDatabase } from '@drm/testing';
import { GatewayModule } from './gateway.module.ts';

describe('the gateway', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;

  const environment = (url: string) =>
    readEnvironment(GATEWAY_ENV, {
      DATABASE_URL: url,
      HEALTH_PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'silent',
    });
  const start = (url: string) =>
    NestFactory.createApplicationContext(GatewayModule.forApp(environment(url)), {
      logger: false,
      abortOnError: false,
    });
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${app.get(HealthServer).listeningPort ?? 0}${path}`);

  beforeAll(async () => {
    database = await TestDatabase.create();
    app = await start(database.url('app_gateway'));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('is alive, and ready with its own login', async () => {
    expect((await ask('/health')).status).toBe(200);
    expect(await (await ask('/readiness')).json()).toEqual({
      status: 'ok',
      details: { database: 'up' },
    });
  });

  it('serves its metrics on a port of their own', async () => {
    const port = app.get(MetricsServer).listeningPort ?? 0;
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await metrics.text()).toContain('service="gateway"');
  });

  it("refuses to start with the administrator's login", async () => {
    await expect(start(database.url('admin'))).rejects.toThrow();
  });
});
