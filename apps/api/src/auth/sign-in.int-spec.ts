import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, Page, Session } from '@drm/contracts';
import { ADMIN_EMAIL, ADMIN_PASSWORD, AccountsApi, USER_PASSWORD } from './testing/accounts-api.ts';
import { SignInService } from './sign-in.service.ts';

let api: AccountsApi;
let boss: Session & { refresh: string };
beforeAll(async () => {
  api = await AccountsApi.create();
  boss = await api.login();
}, 60_000);
afterAll(() => api.close());

const audit = async (query: string): Promise<AuditEvent[]> => {
  await api.app.get(SignInService).settled();
  const page = await api.call<Page<AuditEvent>>('GET', `audit?${query}`, {
    token: boss.accessToken,
  });
  return page.body.items;
};

describe('POST auth/login', () => {
  it('answers with a token of one tenant, the tenants and the permissions', async () => {
    const session = await api.login();
    expect(session).toMatchObject({
      expiresIn: 600,
      user: { email: ADMIN_EMAIL, platformAdmin: true },
      tenant: { slug: 'main' },
      tenants: [{ slug: 'main' }],
    });
    expect(session.permissions).toContain('tenants:admin');
    const me = await api.call('GET', 'me', { token: session.accessToken });
    expect(me).toMatchObject({ status: 200, body: { kind: 'user', tenant: { slug: 'main' } } });
  });

  it('sets the refresh token in a cookie scripts cannot read, and nowhere else (SE-3)', async () => {
    const answer = await api.call('POST', 'auth/login', {
      body: { email: ADMIN_EMAIL, password: ADMIN_PASSWORD },
    });
    const header = String(answer.headers['set-cookie']);
    expect(header).toMatch(
      /^drm_refresh=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(JSON.stringify(answer.body)).not.toContain(answer.refresh);
    expect(answer.headers['cache-control']).toBe('no-store');
    const stored = await api.sql<{ row: string }>('SELECT t::text AS row FROM drm.refresh_token t');
    expect(JSON.stringify(stored)).not.toContain(answer.refresh);
  });

  it('says the same of an unknown, a disabled and a mistaken person (AU-7)', async () => {
    const someone = await api.addUser(boss.accessToken, 'disabled@example.com', 'viewer');
    await api.sql(`UPDATE drm.app_user SET status = 'disabled' WHERE id = $1`, [someone.user.id]);
    const answers = await Promise.all(
      [
        { email: 'nobody@example.com', password: ADMIN_PASSWORD },
        { email: ADMIN_EMAIL, password: 'wrong password' },
        { email: 'disabled@example.com', password: USER_PASSWORD },
      ].map((body) => api.call('POST', 'auth/login', { body, address: api.freshAddress() })),
    );
    const plain = answers.map(({ status, body }) => ({ status, ...body, correlationId: '' }));
    expect(plain[0]).toMatchObject({ status: 401, code: 'auth.invalid_credentials' });
    expect(plain[1]).toEqual(plain[0]);
    expect(plain[2]).toEqual(plain[0]);
  });

  it('audits a wrong password in the tenants of the account, and a success', async () => {
    await api.call('POST', 'auth/login', {
      body: { email: ADMIN_EMAIL, password: 'wrong password' },
      address: '192.0.2.55',
    });
    const lines = await audit('action=auth.login');
    expect(lines.find((line) => line.address === '192.0.2.55')).toMatchObject({
      actorKind: 'anonymous',
      actorName: ADMIN_EMAIL,
      outcome: 'refused',
      targetName: ADMIN_EMAIL,
    });
    expect(lines.some((line) => line.outcome === 'success' && line.actorKind === 'user')).toBe(
      true,
    );
  });

  it('delays the sixth guess and says for how long (AU-6)', async () => {
    const address = api.freshAddress();
    const guess = (from = address, password = 'wrong password') =>
      api.call('POST', 'auth/login', { body: { email: ADMIN_EMAIL, password }, address: from });
    for (let n = 0; n < 5; n += 1) expect((await guess()).status).toBe(401);
    const sixth = await guess();
    expect(sixth).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(sixth.headers['retry-after']).toBe('1');
    // The owner comes in from elsewhere all the while.
    expect((await guess(api.freshAddress(), ADMIN_PASSWORD)).status).toBe(200);
  });

  it('refuses unknown fields, and an e-mail address with a NUL', async () => {
    const unknown = await api.call('POST', 'auth/login', {
      body: { email: ADMIN_EMAIL, password: 'x', tenantId: boss.tenant.id },
    });
    expect(unknown).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ path: 'tenantId', code: 'unknown_field' }] },
    });
    const nul = await api.call('POST', 'auth/login', {
      body: { email: 'a\0b@example.com', password: 'x' },
      address: api.freshAddress(),
    });
    expect(nul).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it('upgrades a hash that was made at another cost (AU-1)', async () => {
    const someone = await api.addUser(boss.accessToken, 'old-hash@example.com', 'viewer');
    const { PasswordHasher } = await import('@drm/auth');
    const weak = await new PasswordHasher({ memory: 19_456, passes: 2, parallelism: 1 }).hash(
      USER_PASSWORD,
    );
    await api.sql('UPDATE drm.app_user SET password_hash = $2 WHERE id = $1', [
      someone.user.id,
      weak,
    ]);
    await api.login('old-hash@example.com', USER_PASSWORD);
    const [row] = await api.sql<{ hash: string }>(
      'SELECT password_hash AS hash FROM drm.app_user WHERE id = $1',
      [someone.user.id],
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    await api.login('old-hash@example.com', USER_PASSWORD);
  });
});

describe('POST auth/change-password', () => {
  it('needs the current one, refuses weak ones, and ends the other sessions', async () => {
    const person = await api.addUser(boss.accessToken, 'changer@example.com', 'viewer');
    const other = await api.login('changer@example.com', USER_PASSWORD);
    const change = (currentPassword: string, newPassword: string) =>
      api.call('POST', 'auth/change-password', {
        token: person.accessToken,
        body: { currentPassword, newPassword },
      });
    expect(await change('not the one', 'a fresh and long one')).toMatchObject({
      status: 401,
      body: { code: 'auth.invalid_credentials' },
    });
    expect(await change(USER_PASSWORD, 'password12345')).toMatchObject({
      status: 400,
      body: { code: 'password.too_weak' },
    });
    expect((await change(USER_PASSWORD, 'a fresh and long one')).status).toBe(204);
    expect((await api.call('GET', 'me', { token: person.accessToken })).status).toBe(200);
    expect((await api.call('GET', 'me', { token: other.accessToken })).status).toBe(401);
    expect((await api.call('POST', 'auth/refresh', { refresh: other.refresh })).status).toBe(401);
    await api.login('changer@example.com', 'a fresh and long one');
  });
});
