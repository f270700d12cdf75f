import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem, Session } from '@drm/contracts';
import { AccountsApi, ADMIN_EMAIL, ADMIN_PASSWORD } from './testing/accounts-api.ts';

let api: AccountsApi;
let boss: Session;
beforeAll(async () => {
  api = await AccountsApi.create({
    PUBLIC_URL: 'https://drm.example.com/',
    CORS_ORIGINS: 'https://console.example.com, *',
  });
  boss = await api.login();
}, 60_000);
afterAll(() => api.close());

const ID = '0198f000-0000-7000-8000-000000000000';
const STOLEN = { tenantId: ID, platformAdmin: true, constructor: 'x', version: 99 };

describe('bodies (AC-4)', () => {
  it.each([
    ['POST', 'auth/login'],
    ['POST', 'auth/switch-tenant'],
    ['POST', 'auth/accept-invitation'],
    ['POST', 'auth/change-password'],
    ['POST', 'tenants'],
    ['PATCH', `tenants/${ID}`],
    ['POST', 'users/invitations'],
    ['PATCH', `users/${ID}`],
    ['POST', 'roles'],
    ['PATCH', `roles/${ID}`],
    ['POST', 'api-keys'],
    ['PUT', 'settings/jobs.max_attempts'],
  ] as const)('%s %s refuses what its schema does not name', async (method, path) => {
    const answer = await api.call<Problem>(method, path, {
      token: boss.accessToken,
      body: STOLEN,
      headers: { 'if-match': '"1"' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const unknown = answer.body.errors?.filter((error) => error.code === 'unknown_field');
    expect(unknown?.map((error) => error.path)).toEqual(
      expect.arrayContaining(['platformAdmin', 'version']),
    );
  });

  it.each([
    ['POST', 'roles', { name: 'a\0b', permissions: ['devices:read'] }],
    ['POST', 'tenants', { slug: 'nul', name: 'a\0b' }],
    ['POST', 'api-keys', { name: 'a\0b', permissions: ['devices:read'] }],
    [
      'POST',
      'users/invitations',
      { email: 'nul@example.com', displayName: 'a\0b', roleId: 'viewer' },
    ],
    ['GET', 'users?q=a%00b', undefined],
    ['GET', 'tenants?q=a%00b', undefined],
    ['GET', 'audit?action=a%00b', undefined],
    ['GET', 'audit?from=yesterday', undefined],
    ['GET', 'users?limit=0', undefined],
    ['GET', 'users?limit=9999', undefined],
    ['GET', 'users?colour=red', undefined],
    ['GET', 'users/not-an-id', undefined],
  ] as const)('%s %s with an odd value is the fault of the caller', async (method, path, body) => {
    const answer = await api.call(method, path, { token: boss.accessToken, body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it.each(['users', 'roles', 'api-keys', 'audit', 'tenants'])(
    'GET %s refuses the cursor of another list',
    async (path) => {
      for (const cursor of ['x', Buffer.from('["devices","name",1]').toString('base64url')]) {
        const answer = await api.call('GET', `${path}?cursor=${cursor}`, {
          token: boss.accessToken,
        });
        expect(answer).toMatchObject({ status: 400, body: { code: 'request.bad_cursor' } });
      }
    },
  );
});

describe('the session cookie over https', () => {
  it('is bound to this host and to TLS (SE-3)', async () => {
    const answer = await api.call('POST', 'auth/login', {
      body: { email: ADMIN_EMAIL, password: ADMIN_PASSWORD },
    });
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-drm_refresh=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const named = (name: string, origin: string) =>
      api.call('POST', 'auth/refresh', {
        headers: { cookie: `${name}=${answer.refresh ?? ''}`, origin },
      });
    expect((await named('drm_refresh', 'https://drm.example.com')).status).toBe(401);
    expect((await named('__Host-drm_refresh', 'https://evil.example.com')).status).toBe(403);
    expect((await named('__Host-drm_refresh', '*')).status).toBe(403);
    const own = await named('__Host-drm_refresh', 'https://drm.example.com');
    expect(own.status).toBe(200);
    const logout = await api.call('POST', 'auth/logout', {
      headers: {
        cookie: `__Host-drm_refresh=${own.refresh ?? ''}`,
        origin: 'https://console.example.com',
      },
    });
    expect(logout.status).toBe(204);
  });

  it('leads invitations to the public address, whatever the Host header says', async () => {
    const invited = await api.call<{ link: string }>('POST', 'users/invitations', {
      token: boss.accessToken,
      body: { email: 'linked@example.com', displayName: 'L', roleId: 'viewer' },
      headers: { host: 'evil.example' },
    });
    expect(invited.body.link).toMatch(/^https:\/\/drm\.example\.com\/accept-invitation#token=/);
  });
});
