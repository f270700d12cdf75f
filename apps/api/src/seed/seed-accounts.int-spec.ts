import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '@drm/auth';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { seedAccounts, type SeedDatabase, type SeededAccounts } from './seed-accounts.ts';

const kek = Buffer.alloc(32, 5);
const FIRST = 'the first password of it';
let db: TestDatabase;
let admin: DataSource;
let seeding: SeedDatabase;
let first: SeededAccounts;
const environment = { DRM_ADMIN_EMAIL: 'Boss@Example.com', DRM_DEMO: true };

beforeAll(async () => {
  db = await TestDatabase.create();
  admin = await db.source('admin');
  seeding = { sql: (text, params) => admin.query(text, [...params]) };
  first = await seedAccounts(seeding, environment, kek);
}, 60_000);
afterAll(() => db.drop());

const person = async (): Promise<{
  status: string;
  platform_admin: boolean;
  password_hash: string;
}> => {
  const rows = await admin.query<
    { status: string; platform_admin: boolean; password_hash: string }[]
  >('SELECT * FROM drm.app_user WHERE id = $1', [first.adminId]);
  return rows[0] ?? { status: '', platform_admin: false, password_hash: '' };
};

describe('seedAccounts', () => {
  it('leaves no usable credential when no password is given, but a link', async () => {
    expect(first).toMatchObject({ tenantSlug: 'demo', passwordSet: false });
    expect(first.linkToken).toHaveLength(43);
    expect(await person()).toMatchObject({
      status: 'invited',
      platform_admin: true,
      password_hash: null,
    });
  });

  it('makes limits, roles, the data key and the membership', async () => {
    const count = async (table: string): Promise<number> =>
      (
        await admin.query<{ n: number }[]>(
          `SELECT count(*)::int AS n FROM drm.${table} WHERE tenant_id = $1`,
          [first.tenantId],
        )
      )[0]?.n ?? 0;
    expect(await count('tenant_limit')).toBe(1);
    expect(await count('role')).toBe(4);
    expect(await count('tenant_key')).toBe(1);
    expect(await count('membership')).toBe(1);
  });

  it('sets a missing password later, and never overwrites one', async () => {
    const again = await seedAccounts(seeding, { ...environment, DRM_ADMIN_PASSWORD: FIRST }, kek);
    expect(again).toMatchObject({ adminId: first.adminId, passwordSet: true, linkToken: null });
    const { password_hash: stored } = await person();
    const third = await seedAccounts(
      seeding,
      { ...environment, DRM_ADMIN_PASSWORD: 'another password here' },
      kek,
    );
    expect(third.passwordSet).toBe(false);
    expect((await person()).password_hash).toBe(stored);
    expect(await new PasswordHasher().verify(stored, FIRST)).toBe(true);
  });

  it('completes a tenant whose seed was cut short', async () => {
    await admin.query('DELETE FROM drm.tenant_limit WHERE tenant_id = $1', [first.tenantId]);
    await admin.query('DELETE FROM drm.tenant_key WHERE tenant_id = $1', [first.tenantId]);
    await seedAccounts(seeding, environment, kek);
    const [row] = await admin.query<{ limits: number; keys: number }[]>(
      `SELECT (SELECT count(*)::int FROM drm.tenant_limit WHERE tenant_id = $1) AS limits,
         (SELECT count(*)::int FROM drm.tenant_key WHERE tenant_id = $1) AS keys`,
      [first.tenantId],
    );
    expect(row).toEqual({ limits: 1, keys: 1 });
  });

  it('makes no second tenant when the demo is switched off', async () => {
    const off = await seedAccounts(seeding, { ...environment, DRM_DEMO: false }, kek);
    expect(off.tenantId).toBe(first.tenantId);
  });
});
