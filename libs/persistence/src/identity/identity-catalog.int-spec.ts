import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import { APP_LOGINS } from '../tenancy/roles.ts';
import { IDENTITY_DOORS } from './identity-doors.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await TestDatabase.create();
}, 60_000);
afterAll(() => db.drop());

describe('the doors of schema identity', () => {
  it('are exactly those that are listed, open to exactly the roles listed', async () => {
    const admin = await db.source('admin');
    const rows = await admin.query<{ name: string; callers: string[] }[]>(
      `SELECT p.proname AS name, array(SELECT r.rolname::text FROM pg_roles r
         WHERE r.rolname = ANY($1) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')) AS callers
       FROM pg_proc p WHERE p.pronamespace = 'identity'::regnamespace AND p.prosecdef ORDER BY 1`,
      [[...APP_LOGINS]],
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.callers]))).toEqual(IDENTITY_DOORS);
  });

  it.each(['app_user', 'refresh_token', 'one_time_link'])(
    'lets no app read or write %s past them',
    async (table) => {
      for (const login of APP_LOGINS) {
        const source = await db.source(login, 1);
        await expect(source.query(`SELECT 1 FROM drm.${table} LIMIT 1`)).rejects.toThrow(
          /permission denied/,
        );
        await expect(source.query(`DELETE FROM drm.${table}`)).rejects.toThrow(
          /permission denied|read-only/,
        );
      }
    },
  );
});
