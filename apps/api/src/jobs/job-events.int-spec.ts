import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { register } from 'prom-client';
import { API_ENV } from '@drm/config';
import type { Job, Page, Session, SessionInfo } from '@drm/contracts';
import { uuidV7 } from '@drm/domain';
import { loadKek } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import { createApi } from '../bootstrap.ts';
import { seedAccounts } from '../seed/seed-accounts.ts';

const EMAIL = 'boss@example.com';
const PASSWORD = 'moss-grown granite 41';
const deviceId = uuidV7();
let db: TestDatabase;
const apps: NestFastifyApplication[] = [];

beforeAll(async () => {
  db = await TestDatabase.create();
  const admin = await db.source('admin');
  const seeded = await seedAccounts(
    { sql: (text, params) => admin.query(text, [...params]) },
    { DRM_ADMIN_EMAIL: EMAIL, DRM_ADMIN_PASSWORD: PASSWORD, DRM_DEMO: false },
    loadKek({ NODE_ENV: 'test' }),
  );
  await admin.query(
    `INSERT INTO drm.device (tenant_id, id, name, name_key) VALUES ($1, $2, 'one', 'one')`,
    [seeded.tenantId, deviceId],
  );
}, 60_000);
afterAll(async () => {
  for (const app of apps) await app.close();
  await db.drop();
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const app = await createApi(
    API_ENV.parse({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      METRICS_PORT: '0',
      DATABASE_URL: db.url('app_rw'),
      DATABASE_PLATFORM_URL: db.url('app_platform'),
      ...more,
    }),
  );
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  return `${await app.getUrl()}/api/v1`;
}

/** A client with a sign-in of its own. */
async function signIn(base: string) {
  let token = '';
  const call = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as Body;
  };
  const follow = (jobId: string): Promise<Response> =>
    fetch(`${base}/jobs/events/${jobId}`, { headers: { authorization: `Bearer ${token}` } });
  token = (await call<Session>('POST', 'auth/login', { email: EMAIL, password: PASSWORD }))
    .accessToken;
  const submit = () =>
    call<Job>('POST', 'jobs', {
      operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.3.0'] },
      targets: { deviceIds: [deviceId] },
    });
  return { call, follow, submit };
}

const openStreams = async (): Promise<number> => {
  const metric = await register.getSingleMetric('drm_sse_streams')?.get();
  return metric?.values[0]?.value ?? 0;
};

describe('a stream', () => {
  it('ends soon after its session is revoked, and is counted while it is open', async () => {
    const base = await start();
    const [mine, other] = [await signIn(base), await signIn(base)];
    const { id } = await mine.submit();
    const { items } = await mine.call<Page<SessionInfo>>('GET', 'auth/sessions');
    const current = items.find((session) => session.current);
    const response = await mine.follow(id);
    expect(response.status).toBe(200);
    expect(await openStreams()).toBe(1);
    const ended = response.text();
    await other.call('DELETE', `auth/sessions/${current?.id ?? ''}`);
    const began = performance.now();
    expect(await ended).toContain('event: job.progress');
    expect(performance.now() - began).toBeLessThan(6000);
    expect(await openStreams()).toBe(0);
    expect(await mine.call('GET', 'me')).toMatchObject({ status: 401 });
  }, 30_000);

  it('is not found where streams are switched off', async () => {
    const client = await signIn(await start({ ENABLE_SSE: 'false' }));
    const { id } = await client.submit();
    const response = await client.follow(id);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'stream.disabled' });
  }, 30_000);
});

describe('a job its circuit breaker paused', () => {
  it('goes on when it is resumed, and the audit log says who did it', async () => {
    const client = await signIn(await start());
    const { id } = await client.submit();
    const admin = await db.source('admin', 1);
    await admin.query(
      "UPDATE drm.job SET paused = true, paused_reason = 'circuit_open' WHERE id = $1",
      [id],
    );
    await admin.query(
      `UPDATE drm.execution SET status = 'waiting', waiting_reason = 'circuit_open', waiting_since = now()
       WHERE job_id = $1`,
      [id],
    );
    await admin.query("UPDATE drm.job_progress SET status = 'waiting' WHERE job_id = $1", [id]);
    expect(await client.call('GET', `jobs/${id}`)).toMatchObject({
      paused: true,
      pausedReason: 'circuit_open',
    });
    const resumed = await client.call<Job>('POST', `jobs/${id}/resume`);
    expect(resumed).toMatchObject({
      paused: false,
      pausedReason: null,
      counts: { queued: 1, waiting: 0 },
    });
    const page = await client.call<Page<object>>('GET', `jobs/${id}/executions`);
    expect(page.items).toMatchObject([{ status: 'queued', waiting: { code: 'pool_busy' } }]);
    const audit = await admin.query<{ actor: string }[]>(
      "SELECT actor_kind AS actor FROM drm.audit_event WHERE action = 'job.resume' AND target_id = $1",
      [id],
    );
    expect(audit).toEqual([{ actor: 'user' }]);
    expect(await client.call('POST', `jobs/${uuidV7()}/resume`)).toMatchObject({
      status: 404,
      code: 'job.not_found',
    });
  }, 30_000);
});
