import { MIGRATIONS } from '../migrations/index.ts';
import type { TenantDb } from './tenant-db.ts';

/** The process is connected as a role that could see or change more than its tenant, or to another schema. */
export class UnsafeDatabaseError extends Error {
  override readonly name = 'UnsafeDatabaseError';
}

interface RoleRow {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly owns: boolean;
  readonly owner_member: boolean;
}

/**
 * Refuses to start as superuser, owner or with BYPASSRLS, when a tenant table shows rows without a tenant, and when
 * the schema is not the one this build was made for.
 * @throws UnsafeDatabaseError
 */
export async function assertSafeDatabase(db: TenantDb): Promise<void> {
  await db.asSystem('health', async (tx) => {
    const [role] = await tx.sql<RoleRow>(
      `SELECT current_user::text AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypass,
              EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = 'drm' AND c.relowner = r.oid) AS owns,
              coalesce(pg_has_role(current_user, to_regrole('app_owner'), 'MEMBER'), false) AS owner_member
       FROM pg_roles r WHERE r.rolname = current_user`,
    );
    if (role === undefined || role.superuser || role.bypass || role.owns || role.owner_member) {
      throw new UnsafeDatabaseError(
        `The database login ${role?.name ?? ''} is superuser, owner or bypasses row-level security. ` +
          'Use the login of this app (app_rw, app_worker, app_gateway).',
      );
    }
    const [applied] = await tx.sql<{ version: string }>(
      'SELECT name AS version FROM drm.schema_migration ORDER BY timestamp DESC LIMIT 1',
    );
    const expected = MIGRATIONS.at(-1)?.name;
    if (applied?.version !== expected) {
      throw new UnsafeDatabaseError(
        `The schema is at ${applied?.version ?? 'nothing'}, this build needs ${expected}. Run: npm run migrate -- up`,
      );
    }
    const [seen] = await tx.sql<{ rows: number }>(
      'SELECT count(*)::int AS rows FROM (SELECT 1 FROM drm.device LIMIT 1) d',
    );
    if (seen?.rows !== 0)
      throw new UnsafeDatabaseError('Rows of a tenant are visible without a tenant.');
  });
}
