import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_ENV } from '@drm/config';
import type { Execution, Job, LedgerRow, Page, Session } from '@drm/contracts';
import { uuidV7 } from '@drm/domain';
import { loadKek } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import { createApi } from '../bootstrap.ts';
import { seedAccounts } from '../seed/seed-accounts.ts';

const EMAIL = 'boss@example.com';
const PASSWORD = 'moss-grown granite 41';
let db: TestDatabase;
let app: NestFastifyApplication;
let token: string;
let base: string;
const deviceId = uuidV7();

beforeAll(async () => {
  db = await TestDatabase.create();
  const settings = API_ENV.parse({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    METRICS_PORT: '0',
    DATABASE_URL: db.url('app_rw'),
    DATABASE_PLATFORM_URL: db.url('app_platform'),
  });
  const admin = await db.source('admin');
  const seeded = await seedAccounts(
    { sql: (text, params) => admin.query(text, [...params]) },
    { DRM_ADMIN_EMAIL: EMAIL, DRM_ADMIN_PASSWORD: PASSWORD, DRM_DEMO: false },
    loadKek(settings),
  );
  await admin.query(
    `INSERT INTO drm.device (tenant_id, id, name, name_key) VALUES ($1, $2, 'one', 'one')`,
    [seeded.tenantId, deviceId],
  );
  app = await createApi(settings);
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  const session = await call<Session>('POST', 'auth/login', { email: EMAIL, password: PASSWORD });
  token = session.body.accessToken;
}, 60_000);
afterAll(async () => {
  await app.close();
  await db.drop();
});

async function call<Body>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${base}/api/v1/${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const aJob = {
  operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
  targets: { deviceIds: [deviceId] },
};

describe('the jobs API', () => {
  it('takes a job, answers 202 and tells of its executions', async () => {
    const made = await call<Job>('POST', 'jobs', aJob, { 'idempotency-key': 'first' });
    expect(made).toMatchObject({ status: 202, body: { state: 'open', targetCount: 1 } });
    const again = await call<Job>('POST', 'jobs', aJob, { 'idempotency-key': 'first' });
    expect(again.body.id).toBe(made.body.id);
    const page = await call<Page<Execution>>('GET', `jobs/${made.body.id}/executions`);
    expect(page.body.items).toMatchObject([{ deviceId, deviceName: 'one', status: 'queued' }]);
    const events = await call<Page<unknown>>('GET', `executions/${page.body.items[0]?.id}/events`);
    expect(events).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
    const ledger = await call<Page<LedgerRow>>('GET', 'admin/job-ledger');
    expect(ledger.body.items.every((row) => row.gap === 0)).toBe(true);
    expect((await call<Page<Job>>('GET', 'jobs?state=active&kind=get')).body.items).toHaveLength(1);
  });

  it.each([
    ['an unknown field', { ...aJob, tenantId: 'x' }, 400, 'request.invalid'],
    ['no target', { ...aJob, targets: { deviceIds: [] } }, 400, 'request.invalid'],
    ['an unknown device', { ...aJob, targets: { deviceIds: [uuidV7()] } }, 404, 'device.not_found'],
    [
      'a filter nothing matches',
      { ...aJob, targets: { filter: { q: 'no such device' } } },
      422,
      'job.no_targets',
    ],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await call('POST', 'jobs', body)).toMatchObject({ status, body: { code } });
  });

  it('refuses a malformed key, a bad cursor and an unknown job', async () => {
    expect(await call('POST', 'jobs', aJob, { 'idempotency-key': 'a b' })).toMatchObject({
      status: 400,
    });
    expect(await call('GET', 'jobs?cursor=nonsense')).toMatchObject({
      body: { code: 'request.bad_cursor' },
    });
    expect(await call('POST', `jobs/${uuidV7()}/cancel`)).toMatchObject({
      status: 404,
      body: { code: 'job.not_found' },
    });
  });
});

describe('live events', () => {
  it.each(['/api/v1/jobs/events', '/jobs/events'])(
    'stream a snapshot first at %s',
    async (path) => {
      const { body: job } = await call<Job>('POST', 'jobs', aJob);
      const abort = new AbortController();
      const response = await fetch(`${base}${path}/${job.id}`, {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        signal: abort.signal,
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes('job.progress')) text += (await reader?.read())?.value ?? '';
      expect(text).toMatch(/^retry: \d+\n\n/);
      expect(text).toMatch(/id: 1\.\d+\.\d+\nevent: job\.progress\ndata: \{"jobId":/);
      abort.abort();
    },
  );

  it('need a token and a job of the own tenant', async () => {
    const without = await fetch(`${base}/jobs/events/${uuidV7()}`);
    expect(without.status).toBe(401);
    expect(await call('GET', `jobs/events/${uuidV7()}`)).toMatchObject({
      status: 404,
      body: { code: 'job.not_found' },
    });
  });
});
