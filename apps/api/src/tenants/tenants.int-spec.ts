import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, Page, Session, Setting, Tenant } from '@drm/contracts';
import { AccountsApi } from '../auth/testing/accounts-api.ts';

let api: AccountsApi;
let boss: Session;
beforeAll(async () => {
  api = await AccountsApi.create();
  boss = await api.login();
}, 60_000);
afterAll(() => api.close());

const create = (body: object, token = boss.accessToken) =>
  api.call<Tenant & { code?: string }>('POST', 'tenants', { token, body });

describe('tenants', () => {
  it('come with quotas, roles, a data key and an audit line', async () => {
    const made = await create({ slug: 'north', name: 'North', quotas: { maxDevices: 10 } });
    expect(made).toMatchObject({
      status: 201,
      body: {
        slug: 'north',
        status: 'active',
        version: 1,
        quotas: { maxDevices: 10, maxOpenJobs: 1000 },
      },
    });
    expect(made.headers['etag']).toBe('"1"');
    const count = async (table: string): Promise<number | undefined> =>
      (
        await api.sql<{ n: number }>(
          `SELECT count(*)::int AS n FROM drm.${table} WHERE tenant_id = $1`,
          [made.body.id],
        )
      )[0]?.n;
    expect([await count('role'), await count('tenant_key'), await count('audit_event')]).toEqual([
      4, 1, 1,
    ]);
  });

  it('refuse a taken or odd short name, and leave nothing behind', async () => {
    await create({ slug: 'taken', name: 'A' });
    expect(await create({ slug: 'taken', name: 'B' })).toMatchObject({
      status: 409,
      body: { code: 'tenant.duplicate' },
    });
    for (const slug of ['', '-a', 'Ä', 'a b', 'a'.repeat(41)])
      expect((await create({ slug, name: 'B' })).status).toBe(400);
    const [rows] = await api.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM drm.tenant WHERE name = 'B'",
    );
    expect(rows?.n).toBe(0);
  });

  it('change by version', async () => {
    const { body } = await create({ slug: 'changing', name: 'Before' });
    const patch = (version: string, change: object) =>
      api.call<Tenant>('PATCH', `tenants/${body.id}`, {
        token: boss.accessToken,
        body: change,
        headers: { 'if-match': version },
      });
    const after = await patch('"1"', { name: 'After', quotas: { maxRunning: 3 } });
    expect(after.body).toMatchObject({
      name: 'After',
      version: 2,
      quotas: { maxRunning: 3, maxDevices: 2_000_000 },
    });
    expect(await patch('"1"', { name: 'Stale' })).toMatchObject({
      status: 412,
      body: { code: 'tenant.changed' },
    });
    expect((await patch('"2"', { slug: 'other' })).status).toBe(400);
    expect((await patch('2', { name: 'X' })).status).toBe(428);
    const read = await api.call<Tenant>('GET', `tenants/${body.id}`, { token: boss.accessToken });
    expect(read.body).toEqual(after.body);
  });

  it('are listed by short name, found by text, and 404 when unknown', async () => {
    const first = await api.call<Page<Tenant>>('GET', 'tenants?limit=2', {
      token: boss.accessToken,
    });
    const rest = await api.call<Page<Tenant>>(
      'GET',
      `tenants?cursor=${first.body.nextCursor ?? ''}`,
      {
        token: boss.accessToken,
      },
    );
    const slugs = [...first.body.items, ...rest.body.items].map((tenant) => tenant.slug);
    expect(slugs).toEqual([...new Set(slugs)].sort());
    const found = await api.call<Page<Tenant>>('GET', 'tenants?q=NORT', {
      token: boss.accessToken,
    });
    expect(found.body.items.map((tenant) => tenant.slug)).toEqual(['north']);
    const unknown = await api.call('GET', `tenants/${boss.user.id}`, { token: boss.accessToken });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
  });

  it('belong to platform administrators: a tenant administrator sees none of this', async () => {
    const { admin, tenant } = await api.addTenant(boss.accessToken, 'humble');
    const { accessToken: token } = admin;
    const denied = { status: 403, body: { code: 'permission.denied' } };
    expect(admin.permissions).not.toContain('tenants:admin');
    expect(await api.call('GET', 'tenants', { token })).toMatchObject(denied);
    expect(await create({ slug: 'mine', name: 'Mine' }, token)).toMatchObject(denied);
    expect(await api.call('GET', `tenants/${tenant.id}`, { token })).toMatchObject(denied);
  });
});

describe('settings', () => {
  it('begin with their defaults, keep what is saved, and go back to the default', async () => {
    const { admin } = await api.addTenant(boss.accessToken, 'settled');
    const { accessToken: token } = admin;
    const put = (key: string, value: unknown) =>
      api.call<Setting>('PUT', `settings/${key}`, { token, body: { value } });
    const read = async (): Promise<Setting | undefined> =>
      (await api.call<Page<Setting>>('GET', 'settings', { token })).body.items.find(
        (setting) => setting.key === 'jobs.max_attempts',
      );
    expect(await read()).toMatchObject({ value: 3, isDefault: true, updatedAt: null });
    expect((await put('jobs.max_attempts', 5)).body).toMatchObject({ value: 5, isDefault: false });
    expect(await read()).toMatchObject({ value: 5 });
    expect(await put('jobs.max_attempts', 11)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ path: 'value' }] },
    });
    expect((await put('jobs.max_attempts', 'many')).status).toBe(400);
    expect(await put('no.such', 1)).toMatchObject({
      status: 404,
      body: { code: 'setting.unknown' },
    });
    expect((await put('jobs.max_attempts', null)).body).toMatchObject({
      value: 3,
      isDefault: true,
    });
    const lines = await api.call<Page<AuditEvent>>('GET', 'audit?action=setting.', { token });
    expect(lines.body.items.map((line) => line.data)).toEqual([
      { before: 5, after: 3 },
      { before: 3, after: 5 },
    ]);
    const theirs = await api.call<Page<Setting>>('GET', 'settings', { token: boss.accessToken });
    expect(theirs.body.items.every((setting) => setting.isDefault)).toBe(true);
  });

  it('are read by everybody and changed by who may', async () => {
    const viewer = await api.addUser(boss.accessToken, 'viewer@example.com', 'viewer');
    const { accessToken: token } = viewer;
    expect((await api.call('GET', 'settings', { token })).status).toBe(200);
    const change = await api.call('PUT', 'settings/jobs.max_attempts', {
      token,
      body: { value: 1 },
    });
    expect(change).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
  });
});
