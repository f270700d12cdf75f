import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { acceptCorrelationId, registerCorrelation, requestIdOf } from './correlation.ts';
import { HttpMetrics } from './http-metrics.ts';
import { addLogFields, currentLogFields } from './log-fields.ts';

describe('hooks of the web server', () => {
  let registry: Registry;
  let server: FastifyInstance;

  beforeEach(() => {
    registry = new Registry();
    const registers = [registry];
    const labelNames = ['method', 'route', 'status'];
    const metrics = new HttpMetrics(
      new Counter({ name: 'http_requests_total', help: 'x', labelNames, registers }),
      new Histogram({
        name: 'http_request_duration_seconds',
        help: 'x',
        labelNames,
        buckets: [1],
        registers,
      }),
      new Gauge({
        name: 'http_requests_inprogress',
        help: 'x',
        labelNames: ['method', 'route'],
        registers,
      }),
    );
    server = fastify({ genReqId: requestIdOf });
    registerCorrelation(server);
    metrics.register(server, { streams: ['/events/:id'] });
    server.get('/devices/:id', (request) => ({
      id: request.id,
      fields: currentLogFields(),
    }));
    server.post('/devices', () => {
      addLogFields({ tenant_id: 't1' });
      return currentLogFields();
    });
    server.get('/events/:id', () => 'ended');
    server.get('/broken', () => {
      throw new Error('broken');
    });
  });
  afterEach(() => server.close());

  it('count by route template and status, never by a raw path', async () => {
    await server.inject('/devices/1');
    await server.inject('/devices/2');
    await server.inject('/broken');
    await server.inject('/wp-admin/1');
    await server.inject('/wp-admin/2');
    const text = await registry.metrics();
    expect(text).toContain('http_requests_total{method="GET",route="/devices/:id",status="200"} 2');
    expect(text).toContain('http_requests_total{method="GET",route="/broken",status="500"} 1');
    expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 2');
    expect(text).not.toContain('wp-admin');
  });

  it('have no request in progress once all are answered', async () => {
    await server.inject('/devices/1');
    expect(await registry.metrics()).toContain(
      'http_requests_inprogress{method="GET",route="/devices/:id"} 0',
    );
  });

  it('do not time event streams', async () => {
    await server.inject('/events/1');
    const text = await registry.metrics();
    expect(text).toContain('http_requests_total{method="GET",route="/events/:id",status="200"} 1');
    expect(text).not.toMatch(/duration_seconds_count\{[^}]*events/);
    expect(text).not.toMatch(/inprogress\{[^}]*events/);
  });

  it('echo a well-formed correlation id, put it into log fields, and replace any other', async () => {
    const kept = await server.inject({
      url: '/devices/1',
      headers: { 'x-correlation-id': 'my-id-123' },
    });
    expect(kept.headers['x-correlation-id']).toBe('my-id-123');
    expect(kept.json()).toEqual({ id: 'my-id-123', fields: { correlation_id: 'my-id-123' } });
    for (const bad of ['short', 'x'.repeat(65), 'a b c d e f', 'line\u2028break']) {
      expect(acceptCorrelationId(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('keep the log fields behind a request body read from a socket', async () => {
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    const answer = await fetch(`${address}/devices`, {
      method: 'POST',
      body: JSON.stringify({ name: 'x'.repeat(100_000) }),
      headers: { 'content-type': 'application/json', 'x-correlation-id': 'body-12345' },
    });
    expect(await answer.json()).toEqual({ correlation_id: 'body-12345', tenant_id: 't1' });
  });
});
