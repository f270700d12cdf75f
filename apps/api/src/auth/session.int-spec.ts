import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, Page, Session, SessionPage } from '@drm/contracts';
import { AccountsApi, USER_PASSWORD, type Answer } from './testing/accounts-api.ts';

let api: AccountsApi;
let boss: Session & { refresh: string };
beforeAll(async () => {
  api = await AccountsApi.create();
  boss = await api.login();
}, 60_000);
afterAll(() => api.close());

const refresh = (
  token: string,
  headers: Record<string, string> = {},
): Promise<Answer<Session & { code?: string }>> =>
  api.call('POST', 'auth/refresh', { refresh: token, headers });
const statusOfMe = async (token: string): Promise<number> =>
  (await api.call('GET', 'me', { token })).status;

describe('POST auth/refresh', () => {
  it('R1, R2, R3, and then R1 again: the whole session ends, and that is audited (SE-4)', async () => {
    const { refresh: r1, accessToken, user } = await api.login();
    const second = await refresh(r1);
    expect(second.status).toBe(200);
    const third = await refresh(second.refresh ?? '');
    expect(third.status).toBe(200);
    expect(new Set([r1, second.refresh, third.refresh]).size).toBe(3);
    expect(await refresh(r1)).toMatchObject({ status: 401, refresh: '' });
    expect((await refresh(third.refresh ?? '')).status).toBe(401);
    expect(await statusOfMe(accessToken)).toBe(401);
    const lines = await api.call<Page<AuditEvent>>('GET', 'audit?action=auth.session_reuse', {
      token: boss.accessToken,
    });
    expect(lines.body.items[0]).toMatchObject({ outcome: 'refused', actorId: user.id });
  });

  it('twenty at once get exactly one successor (SE-5)', async () => {
    const { refresh: r1 } = await api.login();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(r1)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(new Set(answers.map((answer) => answer.refresh)).size).toBe(1);
    const successor = answers[0]?.refresh ?? '';
    expect((await refresh(successor)).status).toBe(200);
    // The grace reaches one generation back, never two.
    expect((await refresh(r1)).status).toBe(401);
  });

  it('knows no grace after ten seconds', async () => {
    const { refresh: r1 } = await api.login();
    const next = await refresh(r1);
    await api.sql(
      `UPDATE drm.refresh_token SET used_at = used_at - interval '11 s' WHERE used_at IS NOT NULL`,
    );
    expect((await refresh(r1)).status).toBe(401);
    expect((await refresh(next.refresh ?? '')).status).toBe(401);
  });

  it('ends when idle too long, and in any case at its absolute end (SE-7)', async () => {
    const idle = await api.login();
    await api.sql(
      `UPDATE drm.refresh_token SET expires_at = now() - interval '1 s' WHERE used_at IS NULL`,
    );
    expect((await refresh(idle.refresh)).status).toBe(401);
    boss = await api.login();
    const old = await api.login();
    await api.sql(
      `UPDATE drm.refresh_token SET family_started_at = now() - interval '7 days' + interval '20 s' WHERE hash = sha256($1)`,
      [Buffer.from(old.refresh)],
    );
    expect((await refresh(old.refresh)).status).toBe(200);
    const [last] = await api.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM drm.refresh_token ORDER BY issued_at DESC LIMIT 1',
    );
    expect(last?.seconds).toBeLessThanOrEqual(20);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['a look-alike', { origin: 'http://localhost:80.evil.example' }],
    ['a browser that hides its origin', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s, and spends nothing', async (_name, headers) => {
    const { refresh: token } = await api.login();
    expect(await refresh(token, headers)).toMatchObject({
      status: 403,
      body: { code: 'auth.origin_refused' },
    });
    expect((await refresh(token, { origin: 'http://localhost:80' })).status).toBe(200);
  });

  it.each(['', 'x', 'A'.repeat(43), `${'A'.repeat(42)}"`])('refuses %j', async (token) => {
    expect(await refresh(token)).toMatchObject({
      status: 401,
      body: { code: 'auth.refresh_invalid' },
    });
  });
});

describe('POST auth/logout', () => {
  it('ends the session at once and clears the cookie; without a session it is fine too', async () => {
    const session = await api.login();
    const answer = await api.call('POST', 'auth/logout', { refresh: session.refresh });
    expect(answer).toMatchObject({ status: 204, refresh: '' });
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0');
    expect(await statusOfMe(session.accessToken)).toBe(401);
    expect((await refresh(session.refresh)).status).toBe(401);
    expect((await api.call('POST', 'auth/logout')).status).toBe(204);
  });
});

describe('auth/sessions', () => {
  it('lists the own ones and ends one of them at once (SE-8)', async () => {
    const person = await api.addUser(boss.accessToken, 'sessions@example.com', 'viewer');
    const other = await api.login('sessions@example.com', USER_PASSWORD);
    const list = await api.call<SessionPage>('GET', 'auth/sessions', { token: other.accessToken });
    expect(list.body.items.map((item) => item.current)).toEqual([true, false]);
    const old = list.body.items.find((item) => !item.current)?.id ?? '';
    const foreign = await api.call('DELETE', `auth/sessions/${old}`, { token: boss.accessToken });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'session.not_found' } });
    expect(await statusOfMe(person.accessToken)).toBe(200);
    const ended = await api.call('DELETE', `auth/sessions/${old}`, { token: other.accessToken });
    expect(ended.status).toBe(204);
    expect(await statusOfMe(person.accessToken)).toBe(401);
    expect(await statusOfMe(other.accessToken)).toBe(200);
  });

  it('acts within five seconds when another process ended it (SE-6)', async () => {
    const person = await api.addUser(boss.accessToken, 'elsewhere@example.com', 'viewer');
    expect(await statusOfMe(person.accessToken)).toBe(200);
    await api.sql('UPDATE drm.refresh_token SET revoked_at = now() WHERE user_id = $1', [
      person.user.id,
    ]);
    const began = Date.now();
    while ((await statusOfMe(person.accessToken)) !== 401 && Date.now() - began < 6000)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(Date.now() - began).toBeLessThan(5000);
  }, 15_000);

  it('keeps ten: the oldest ends', async () => {
    const first = await api.addUser(boss.accessToken, 'many@example.com', 'viewer');
    for (let n = 0; n < 9; n += 1) await api.login('many@example.com', USER_PASSWORD);
    expect((await refresh(first.refresh)).status).toBe(200);
    await api.login('many@example.com', USER_PASSWORD);
    const [live] = await api.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM identity.sessions_of($1)',
      [first.user.id],
    );
    expect(live?.n).toBe(10);
    expect(await statusOfMe(first.accessToken)).toBe(401);
  }, 30_000);
});

describe('POST auth/switch-tenant', () => {
  it('takes a platform administrator into any tenant, with a reason that tenant sees (IS-14)', async () => {
    const { tenant, admin } = await api.addTenant(boss.accessToken, 'entered');
    const silent = await api.call('POST', 'auth/switch-tenant', {
      token: boss.accessToken,
      body: { tenantId: tenant.id },
    });
    expect(silent).toMatchObject({ status: 400, body: { errors: [{ path: 'reason' }] } });
    const entered = await api.call<Session>('POST', 'auth/switch-tenant', {
      token: boss.accessToken,
      body: { tenantId: tenant.id, reason: 'ticket 4711' },
    });
    expect(entered.body).toMatchObject({
      tenant: { slug: 'entered' },
      tenants: [{ slug: 'main' }],
    });
    const lines = await api.call<Page<AuditEvent>>('GET', 'audit?action=tenant.enter', {
      token: admin.accessToken,
    });
    expect(lines.body.items[0]).toMatchObject({ reason: 'ticket 4711', actorId: boss.user.id });
    // The session goes on there.
    const next = await refresh(boss.refresh);
    expect(next.body.tenant.slug).toBe('entered');
    boss = { ...(await api.login()) };
  });

  it('takes a member to the other tenant, and nobody to a foreign one', async () => {
    const { tenant, admin } = await api.addTenant(boss.accessToken, 'second-home');
    const guest = await api.addUser(boss.accessToken, 'guest@example.com', 'operator');
    const foreign = await api.call('POST', 'auth/switch-tenant', {
      token: guest.accessToken,
      body: { tenantId: tenant.id, reason: 'curious' },
    });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    const invited = await api.call('POST', 'users/invitations', {
      token: admin.accessToken,
      body: { email: 'Guest@Example.com', displayName: 'G', roleId: 'viewer' },
    });
    expect(invited).toMatchObject({
      status: 201,
      body: { link: null, user: { status: 'active' } },
    });
    const moved = await api.call<Session>('POST', 'auth/switch-tenant', {
      token: guest.accessToken,
      body: { tenantId: tenant.id },
    });
    expect(moved.body.tenants.map((one) => one.slug).sort()).toEqual(['main', 'second-home']);
    expect(moved.body.permissions).not.toContain('jobs:run');
    expect((await api.call('GET', 'me', { token: moved.body.accessToken })).body).toMatchObject({
      tenant: { slug: 'second-home' },
    });
  });
});
