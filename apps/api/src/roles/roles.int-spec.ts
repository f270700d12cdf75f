import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSION_NAMES, type Page, type Role, type Session } from '@drm/contracts';
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

const create = (token: string, name: string, permissions: string[]) =>
  api.call<Role & { code?: string }>('POST', 'roles', { token, body: { name, permissions } });
const update = (id: string, version: number, body: object, token = boss.accessToken) =>
  api.call<Role & { code?: string }>('PATCH', `roles/${id}`, {
    token,
    body,
    headers: { 'if-match': `"${version}"` },
  });

describe('roles', () => {
  it('has four built-in ones that nobody changes or deletes', async () => {
    const page = await api.call<Page<Role>>('GET', 'roles', { token: other.accessToken });
    expect(page.body.items.map((role) => role.id).sort()).toEqual([
      'operator',
      'platform-admin',
      'tenant-admin',
      'viewer',
    ]);
    expect(page.body.items.find((role) => role.id === 'platform-admin')?.permissions).toEqual(
      PERMISSION_NAMES,
    );
    const builtIn = { status: 409, body: { code: 'role.built_in' } };
    const body = { name: 'Mine', permissions: ['devices:read'] };
    expect(await update('viewer', 1, body)).toMatchObject(builtIn);
    expect(await api.call('DELETE', 'roles/viewer', { token: boss.accessToken })).toMatchObject(
      builtIn,
    );
  });

  it('are made, changed by version, and deleted when nobody has them', async () => {
    const made = await create(boss.accessToken, 'Night shift', ['devices:read', 'devices:read']);
    expect(made).toMatchObject({
      status: 201,
      body: { builtIn: false, members: 0, permissions: ['devices:read'], version: 1 },
    });
    const { id } = made.body;
    const body = { name: 'Night', permissions: ['jobs:read'] };
    expect((await update(id, 1, body)).body).toMatchObject({ name: 'Night', version: 2 });
    expect(await update(id, 1, body)).toMatchObject({
      status: 412,
      body: { code: 'role.changed' },
    });
    const person = await api.addUser(boss.accessToken, 'night@example.com', id);
    const remove = () => api.call('DELETE', `roles/${id}`, { token: boss.accessToken });
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'role.in_use' } });
    await api.call('DELETE', `users/${person.user.id}`, { token: boss.accessToken });
    expect((await remove()).status).toBe(204);
    expect(await remove()).toMatchObject({ status: 404, body: { code: 'role.not_found' } });
  });

  it('refuse a name twice, an unknown permission, tenants:admin, and more than the maker has', async () => {
    await create(boss.accessToken, 'Twice', ['devices:read']);
    expect(await create(boss.accessToken, 'Twice', ['devices:read'])).toMatchObject({
      status: 409,
      body: { code: 'role.duplicate' },
    });
    expect((await create(boss.accessToken, 'Odd', ['devices:fly'])).status).toBe(400);
    const denied = { status: 403, body: { code: 'permission.denied' } };
    expect(await create(boss.accessToken, 'Platform', ['tenants:admin'])).toMatchObject(denied);
    const personnel = await create(boss.accessToken, 'Personnel', ['users:admin', 'users:read']);
    const clerk = await api.addUser(boss.accessToken, 'clerk@example.com', personnel.body.id);
    expect(await create(clerk.accessToken, 'More', ['devices:write'])).toMatchObject(denied);
    const strong = await create(boss.accessToken, 'Strong', ['devices:write']);
    const body = { name: 'Weak', permissions: ['users:read'] };
    expect(await update(strong.body.id, 1, body, clerk.accessToken)).toMatchObject(denied);
  });

  it('of another tenant do not exist', async () => {
    const mine = await create(boss.accessToken, 'Mine alone', ['devices:read']);
    const page = await api.call<Page<Role>>('GET', 'roles', { token: other.accessToken });
    expect(page.body.items.map((role) => role.name)).not.toContain('Mine alone');
    const body = { name: 'Taken', permissions: ['devices:read'] };
    expect(await update(mine.body.id, 1, body, other.accessToken)).toMatchObject({
      status: 404,
      body: { code: 'role.not_found' },
    });
    const invited = await api.call('POST', 'users/invitations', {
      token: other.accessToken,
      body: { email: 'x@other.example.com', displayName: 'X', roleId: mine.body.id },
    });
    expect(invited).toMatchObject({ status: 404, body: { code: 'role.not_found' } });
  });

  it('page by name', async () => {
    const first = await api.call<Page<Role>>('GET', 'roles?limit=3', { token: boss.accessToken });
    expect(first.body.items).toHaveLength(3);
    const rest = await api.call<Page<Role>>(
      'GET',
      `roles?limit=200&cursor=${first.body.nextCursor ?? ''}`,
      { token: boss.accessToken },
    );
    const ids = [...first.body.items, ...rest.body.items].map((role) => role.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(rest.body.nextCursor).toBeNull();
  });
});
