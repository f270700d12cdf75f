import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, Invitation, Page, Role, Session, Tenant, User } from '@drm/contracts';
import { AccountsApi, linkToken, USER_PASSWORD } from '../auth/testing/accounts-api.ts';

let api: AccountsApi;
let boss: Session;
let acme: { tenant: Tenant; admin: Session };
beforeAll(async () => {
  api = await AccountsApi.create();
  boss = await api.login();
  acme = await api.addTenant(boss.accessToken, 'acme');
}, 60_000);
afterAll(() => api.close());

const invite = (token: string, email: string, roleId = 'viewer') =>
  api.call<Invitation & { code?: string }>('POST', 'users/invitations', {
    token,
    body: { email, displayName: 'Somebody', roleId },
  });
const accept = (token: string, password = USER_PASSWORD) =>
  api.call<Session & { code?: string }>('POST', 'auth/accept-invitation', {
    body: { token, password, displayName: 'New Name' },
  });
const patch = (token: string, id: string, version: number | string, body: object) =>
  api.call<User & { code?: string }>('PATCH', `users/${id}`, {
    token,
    body,
    headers: { 'if-match': `"${version}"` },
  });

describe('invitations', () => {
  it('let a person in once; the second use is 410', async () => {
    const { body, status } = await invite(
      acme.admin.accessToken,
      'new@acme.example.com',
      'operator',
    );
    expect(status).toBe(201);
    expect(body.user).toMatchObject({
      status: 'invited',
      roleId: 'operator',
      platformAdmin: false,
    });
    expect(body.link).toMatch(/^http:\/\/localhost:80\/accept-invitation#token=[\w-]{43}$/);
    const session = await accept(linkToken(body));
    expect(session.body).toMatchObject({
      user: { displayName: 'New Name' },
      tenant: { slug: 'acme' },
    });
    expect(await accept(linkToken(body))).toMatchObject({
      status: 410,
      body: { code: 'link.used' },
    });
  });

  it('are spent by one of several at once', async () => {
    const { body } = await invite(acme.admin.accessToken, 'race@acme.example.com');
    const answers = await Promise.all(Array.from({ length: 4 }, () => accept(linkToken(body))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 410, 410, 410]);
  });

  it('survive a password that is refused, and die after 72 hours', async () => {
    const { body } = await invite(acme.admin.accessToken, 'late@acme.example.com');
    expect(await accept(linkToken(body), 'late acme late')).toMatchObject({
      status: 400,
      body: { code: 'password.too_weak' },
    });
    expect(Date.parse(body.expiresAt ?? '') - Date.now()).toBeGreaterThan(71 * 3_600_000);
    await api.sql(
      "UPDATE drm.one_time_link SET expires_at = now() - interval '1 s' WHERE user_id = $1",
      [body.user.id],
    );
    expect((await accept(linkToken(body))).status).toBe(410);
    // A new link replaces it.
    const again = await api.call<Invitation>('POST', `users/${body.user.id}/reset-link`, {
      token: acme.admin.accessToken,
    });
    expect((await accept(linkToken(again.body))).status).toBe(200);
  });

  it('of a member are refused, and of a person known elsewhere come without a link', async () => {
    const again = await invite(acme.admin.accessToken, 'ADMIN@acme.example.com');
    expect(again).toMatchObject({ status: 409, body: { code: 'user.duplicate' } });
    const known = await invite(boss.accessToken, 'new@acme.example.com');
    expect(known.body).toMatchObject({ link: null, expiresAt: null, user: { status: 'active' } });
  });

  it('give no tenant a way into an account that others trust', async () => {
    const { body } = await invite(acme.admin.accessToken, 'both@acme.example.com');
    const { admin } = await api.addTenant(boss.accessToken, 'elsewhere');
    const elsewhere = await invite(admin.accessToken, 'both@acme.example.com', 'tenant-admin');
    expect(elsewhere.body).toMatchObject({ link: null, user: { status: 'invited' } });
    const reset = await api.call('POST', `users/${body.user.id}/reset-link`, {
      token: acme.admin.accessToken,
    });
    expect(reset).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
    const bossRow = await invite(acme.admin.accessToken, 'boss@example.com');
    const takeover = await api.call('POST', `users/${bossRow.body.user.id}/reset-link`, {
      token: acme.admin.accessToken,
    });
    expect(takeover).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
  });
});

describe('reset links', () => {
  it('set a new password, end every session, and the old password is gone', async () => {
    const person = await api.addUser(acme.admin.accessToken, 'forgot@acme.example.com', 'viewer');
    const made = await api.call<Invitation>('POST', `users/${person.user.id}/reset-link`, {
      token: acme.admin.accessToken,
    });
    expect(Date.parse(made.body.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(30 * 60_000);
    expect((await accept(linkToken(made.body), 'eleven patient otters')).status).toBe(200);
    expect((await api.call('GET', 'me', { token: person.accessToken })).status).toBe(401);
    expect((await api.call('POST', 'auth/refresh', { refresh: person.refresh })).status).toBe(401);
    await expect(api.login('forgot@acme.example.com', USER_PASSWORD)).rejects.toThrow();
    await api.login('forgot@acme.example.com', 'eleven patient otters');
  });
});

describe('changing users', () => {
  it('needs If-Match, and the version that was read', async () => {
    const person = await api.addUser(acme.admin.accessToken, 'etag@acme.example.com', 'viewer');
    const token = acme.admin.accessToken;
    const read = await api.call<User>('GET', `users/${person.user.id}`, { token });
    expect(read.headers['etag']).toBe(`"${read.body.version}"`);
    const without = await api.call('PATCH', `users/${person.user.id}`, { token, body: {} });
    expect(without).toMatchObject({ status: 428, body: { code: 'request.precondition_required' } });
    const changed = await patch(token, person.user.id, 1, { roleId: 'operator' });
    expect(changed).toMatchObject({ status: 200, body: { roleId: 'operator', version: 2 } });
    expect(changed.headers['etag']).toBe('"2"');
    expect(await patch(token, person.user.id, 1, { roleId: 'viewer' })).toMatchObject({
      status: 412,
      body: { code: 'user.changed' },
    });
  });

  it('disables a person in this tenant only, at once', async () => {
    const person = await api.addUser(acme.admin.accessToken, 'off@acme.example.com', 'viewer');
    await invite(boss.accessToken, 'off@acme.example.com');
    const token = acme.admin.accessToken;
    expect((await api.call('GET', 'me', { token: person.accessToken })).status).toBe(200);
    expect((await patch(token, person.user.id, 1, { status: 'disabled' })).body.status).toBe(
      'disabled',
    );
    expect((await api.call('GET', 'me', { token: person.accessToken })).status).toBe(401);
    const elsewhere = await api.login('off@acme.example.com', USER_PASSWORD);
    expect(elsewhere.tenant.slug).toBe('main');
    expect((await patch(token, person.user.id, 2, { status: 'active' })).body.status).toBe(
      'active',
    );
    const lines = await api.call<Page<AuditEvent>>('GET', `audit?targetId=${person.user.id}`, {
      token,
    });
    expect(lines.body.items.map((line) => line.action)).toEqual(
      expect.arrayContaining(['user.invite', 'user.activate', 'user.disable', 'user.enable']),
    );
  });

  it('keeps the last administrator, also when two would remove each other at once', async () => {
    const { admin } = await api.addTenant(boss.accessToken, 'lonely');
    const last = { status: 409, body: { code: 'user.last_admin' } };
    const token = admin.accessToken;
    expect(await patch(token, admin.user.id, 1, { roleId: 'viewer' })).toMatchObject(last);
    expect(await patch(token, admin.user.id, 1, { status: 'disabled' })).toMatchObject(last);
    expect(await api.call('DELETE', `users/${admin.user.id}`, { token })).toMatchObject(last);
    const second = await api.addUser(token, 'second@lonely.example.com', 'tenant-admin');
    const both = await Promise.all([
      api.call('DELETE', `users/${second.user.id}`, { token }),
      api.call('DELETE', `users/${admin.user.id}`, { token: second.accessToken }),
    ]);
    expect(both.map((answer) => answer.status).sort()).not.toEqual([204, 204]);
    const [left] = await api.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM drm.membership WHERE tenant_id = $1',
      [admin.tenant.id],
    );
    expect(left?.n).toBe(1);
  });

  it('lets nobody give, or rule over, more than they have', async () => {
    const token = acme.admin.accessToken;
    const made = await api.call<Role>('POST', 'roles', {
      token,
      body: { name: 'Personnel', permissions: ['users:read', 'users:admin'] },
    });
    const clerk = await api.addUser(token, 'clerk@acme.example.com', made.body.id);
    const denied = { status: 403, body: { code: 'permission.denied' } };
    expect(await invite(clerk.accessToken, 'x@acme.example.com', 'viewer')).toMatchObject(denied);
    expect(
      await patch(clerk.accessToken, clerk.user.id, 1, { roleId: 'tenant-admin' }),
    ).toMatchObject(denied);
    expect(
      await patch(clerk.accessToken, acme.admin.user.id, 1, { status: 'disabled' }),
    ).toMatchObject(denied);
    const link = await api.call('POST', `users/${acme.admin.user.id}/reset-link`, {
      token: clerk.accessToken,
    });
    expect(link).toMatchObject(denied);
    expect(await invite(token, 'y@acme.example.com', 'platform-admin')).toMatchObject(denied);
    expect(await invite(token, 'z@acme.example.com', 'no-such-role')).toMatchObject({
      status: 404,
      body: { code: 'role.not_found' },
    });
  });

  it('makes and unmakes platform administrators by their role, but never the last', async () => {
    const helper = await api.addUser(boss.accessToken, 'helper@example.com', 'viewer');
    const promoted = await patch(boss.accessToken, helper.user.id, 1, { roleId: 'platform-admin' });
    expect(promoted.body.platformAdmin).toBe(true);
    expect((await api.call('GET', 'tenants', { token: helper.accessToken })).status).toBe(200);
    const demoted = await patch(boss.accessToken, helper.user.id, 2, { roleId: 'viewer' });
    expect(demoted.body.platformAdmin).toBe(false);
    expect((await api.call('GET', 'tenants', { token: helper.accessToken })).status).toBe(403);
    const self = await patch(boss.accessToken, boss.user.id, 1, { roleId: 'platform-admin' });
    expect(self.status).toBe(200);
    expect(
      await patch(boss.accessToken, boss.user.id, 2, { roleId: 'tenant-admin' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'user.last_admin' },
    });
  });
});

describe('the list of users', () => {
  it('pages by e-mail address, searches, filters, and shows no other tenant', async () => {
    const token = acme.admin.accessToken;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = await api.call<Page<User>>('GET', `users?limit=2${query}`, { token });
      seen.push(...page.body.items.map((user) => user.email.toLowerCase()));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).not.toContain('helper@example.com');
    const found = await api.call<Page<User>>('GET', 'users?q=FORGOT&status=active', { token });
    expect(found.body.items.map((user) => user.email)).toEqual(['forgot@acme.example.com']);
    const percent = await api.call<Page<User>>('GET', 'users?q=%25', { token });
    expect(percent.body.items).toEqual([]);
    expect(await api.call('GET', 'users?cursor=abc', { token })).toMatchObject({
      status: 400,
      body: { code: 'request.bad_cursor' },
    });
  });

  it('answers 404 for the ids of another tenant', async () => {
    const { admin } = await api.addTenant(boss.accessToken, 'stranger');
    const notFound = { status: 404, body: { code: 'user.not_found' } };
    const id = acme.admin.user.id;
    expect(await api.call('GET', `users/${id}`, { token: admin.accessToken })).toMatchObject(
      notFound,
    );
    expect(await patch(admin.accessToken, id, 1, { status: 'disabled' })).toMatchObject(notFound);
    expect(await api.call('DELETE', `users/${id}`, { token: admin.accessToken })).toMatchObject(
      notFound,
    );
    expect(
      await api.call('POST', `users/${id}/reset-link`, { token: admin.accessToken }),
    ).toMatchObject(notFound);
  });
});
