import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKey, CreatedApiKey, Page, Session } from '@drm/contracts';
import { AccountsApi } from '../auth/testing/accounts-api.ts';

let api: AccountsApi;
let boss: Session;
let other: Session;
beforeAll(async () => {
  api = await AccountsApi.create();
  boss = await api.login();
  other = (await api.addTenant(boss.accessToken, 'other')).admin;
}, 60_000);
afterAll(() => api.close());

const required = { status: 401, body: { code: 'auth.required' } };

describe('API keys (AU-16)', () => {
  it('are shown once, stored as a hash, and work where a token works', async () => {
    const made = await api.addKey(boss.accessToken, ['audit:read', 'users:read']);
    expect(made.key).toMatch(/^drm_[a-z2-7]{12}_[\w-]{43}$/);
    const list = await api.call<Page<ApiKey>>('GET', 'api-keys', { token: boss.accessToken });
    expect(list.body.items[0]).toMatchObject({
      prefix: made.prefix,
      createdBy: 'boss@example.com',
    });
    expect(JSON.stringify(list.body)).not.toContain(made.key.slice(17));
    const dump = await api.sql<{ row: string }>('SELECT k::text AS row FROM drm.api_key k');
    expect(JSON.stringify(dump)).not.toContain(made.key.slice(17));
    expect((await api.call('GET', 'users', { token: made.key })).status).toBe(200);
    expect((await api.call('GET', 'me', { token: made.key })).body).toMatchObject({
      kind: 'api_key',
      user: null,
      tenant: { slug: 'main' },
      permissions: ['audit:read', 'users:read'],
    });
  });

  it('can do what they list and no more; they are no person', async () => {
    const { key } = await api.addKey(boss.accessToken, ['users:read']);
    const denied = { status: 403, body: { code: 'permission.denied' } };
    expect(await api.call('GET', 'audit', { token: key })).toMatchObject(denied);
    expect(await api.call('GET', 'auth/sessions', { token: key })).toMatchObject(denied);
    expect(
      await api.call('POST', 'auth/switch-tenant', {
        token: key,
        body: { tenantId: other.tenant.id },
      }),
    ).toMatchObject(denied);
  });

  it('cannot exceed their maker, person or key', async () => {
    const operator = await api.addUser(boss.accessToken, 'op@example.com', 'operator');
    const make = (token: string, permissions: string[]) =>
      api.call('POST', 'api-keys', { token, body: { name: 'k', permissions } });
    const exceeded = { status: 403, body: { code: 'api_key.scope_exceeded' } };
    expect(await make(operator.accessToken, ['users:admin'])).toMatchObject(exceeded);
    const { key } = await api.addKey(boss.accessToken, ['api-keys:write', 'devices:read']);
    expect(await make(key, ['devices:write'])).toMatchObject(exceeded);
    expect((await make(key, ['devices:read'])).status).toBe(201);
    expect((await make(boss.accessToken, ['devices:read', 'nonsense'])).status).toBe(400);
  });

  it('stop at once when revoked, also for who has used them before', async () => {
    const made = await api.addKey(boss.accessToken, ['users:read']);
    expect((await api.call('GET', 'users', { token: made.key })).status).toBe(200);
    const path = `api-keys/${made.id}`;
    expect(await api.call('DELETE', path, { token: other.accessToken })).toMatchObject({
      status: 404,
      body: { code: 'api_key.not_found' },
    });
    expect((await api.call('DELETE', path, { token: boss.accessToken })).status).toBe(204);
    expect(await api.call('GET', 'users', { token: made.key })).toMatchObject(required);
    expect((await api.call('DELETE', path, { token: boss.accessToken })).status).toBe(204);
  });

  it('stop within 5 s when another process revoked them, and when they expire', async () => {
    const made = await api.addKey(boss.accessToken, ['users:read']);
    const use = async () => (await api.call('GET', 'users', { token: made.key })).status;
    expect(await use()).toBe(200);
    await api.sql('UPDATE drm.api_key SET revoked_at = now() WHERE id = $1', [made.id]);
    const began = Date.now();
    while ((await use()) !== 401 && Date.now() - began < 6000)
      await new Promise((resolve) => setTimeout(resolve, 250));
    expect(Date.now() - began).toBeLessThan(5000);
    const old = await api.addKey(boss.accessToken, ['users:read']);
    await api.sql("UPDATE drm.api_key SET expires_at = now() - interval '1 s' WHERE id = $1", [
      old.id,
    ]);
    expect(await api.call('GET', 'users', { token: old.key })).toMatchObject(required);
  }, 15_000);

  it('are refused when a letter differs, is missing, or the form is another', async () => {
    const { key } = await api.addKey(boss.accessToken, ['users:read']);
    const last = key.at(-1) === 'A' ? 'E' : 'A';
    for (const wrong of [
      `${key.slice(0, -1)}${last}`,
      key.slice(0, -1),
      `${key}A`,
      'drm_',
      `x${key}`,
    ])
      expect(await api.call('GET', 'users', { token: wrong })).toMatchObject(required);
  });

  it('note their last use', async () => {
    const made = await api.addKey(boss.accessToken, ['api-keys:write']);
    await api.call('GET', 'api-keys', { token: made.key });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const list = await api.call<Page<ApiKey>>('GET', 'api-keys', { token: boss.accessToken });
    expect(list.body.items.find((key) => key.id === made.id)?.lastUsedAt).not.toBeNull();
  });

  it('page newest first, each tenant its own', async () => {
    const page = await api.call<Page<ApiKey>>('GET', 'api-keys?limit=2', {
      token: boss.accessToken,
    });
    const next = await api.call<Page<ApiKey>>(
      'GET',
      `api-keys?limit=2&cursor=${page.body.nextCursor ?? ''}`,
      { token: boss.accessToken },
    );
    const ids = [...page.body.items, ...next.body.items].map((key) => key.id);
    expect(ids).toEqual([...ids].sort().reverse());
    const theirs = await api.call<Page<ApiKey>>('GET', 'api-keys', { token: other.accessToken });
    expect(theirs.body.items).toEqual([]);
  });

  it('end after the days asked for, at most a year', async () => {
    const make = (expiresInDays: number) =>
      api.call<CreatedApiKey>('POST', 'api-keys', {
        token: boss.accessToken,
        body: { name: 'k', permissions: ['users:read'], expiresInDays },
      });
    const week = await make(7);
    const days = (Date.parse(week.body.expiresAt) - Date.parse(week.body.createdAt)) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    expect((await make(366)).status).toBe(400);
  });
});
