import { hashSecret, makeSecret, PasswordHasher } from '@drm/auth';
import { uuidV7 } from '@drm/domain';
import { emailKey } from '@drm/persistence';
import { completeTenant, provisionTenant } from '../tenants/provision-tenant.ts';

/** The migration login: it sees every tenant. */
export interface SeedDatabase {
  sql<Row extends object>(text: string, params: readonly unknown[]): Promise<Row[]>;
}

export interface AccountSeed {
  readonly DRM_ADMIN_EMAIL: string;
  readonly DRM_ADMIN_PASSWORD?: string | undefined;
  readonly DRM_DEMO: boolean;
}

export interface SeededAccounts {
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly adminId: string;
  /** The given password was stored; false when the administrator had one already. */
  readonly passwordSet: boolean;
  /** Secret of the one-time link by which an administrator without a password comes in; show it once. */
  readonly linkToken: string | null;
}

const DEMO = { slug: 'demo', name: 'Demo' };
const MAIN = { slug: 'main', name: 'Main' };
const LINK_HOURS = 24;

/**
 * Makes the first tenant and the first administrator, who administers both that tenant and the platform. May run again
 * and again: what is there stays as it is, a password that was chosen above all.
 */
export async function seedAccounts(
  db: SeedDatabase,
  environment: AccountSeed,
  kek: Uint8Array,
): Promise<SeededAccounts> {
  const tenant = await seedTenant(db, environment.DRM_DEMO, kek);
  const admin = await seedAdministrator(db, environment);
  await db.sql(
    `INSERT INTO drm.membership (tenant_id, user_id, role_id) VALUES ($1, $2, 'tenant-admin')
     ON CONFLICT DO NOTHING`,
    [tenant.id, admin.adminId],
  );
  return { tenantId: tenant.id, tenantSlug: tenant.slug, ...admin };
}

interface SeededTenant {
  readonly id: string;
  readonly slug: string;
}

async function seedTenant(
  db: SeedDatabase,
  isDemo: boolean,
  kek: Uint8Array,
): Promise<SeededTenant> {
  const wanted = isDemo ? DEMO : MAIN;
  // Without the demo any tenant will do: switching it off later must not make a second one.
  const [known] = await db.sql<SeededTenant>(
    `SELECT tenant_id AS id, slug FROM drm.tenant WHERE slug = $1 OR NOT $2
     ORDER BY slug <> $1, created_at LIMIT 1`,
    [wanted.slug, isDemo],
  );
  if (known !== undefined) {
    await completeTenant(db, known.id, kek);
    return known;
  }
  const id = uuidV7();
  await provisionTenant(db, { id, ...wanted }, kek);
  return { id, slug: wanted.slug };
}

interface AdminRow {
  readonly id: string;
  readonly hash: string | null;
}

async function seedAdministrator(
  db: SeedDatabase,
  environment: AccountSeed,
): Promise<Pick<SeededAccounts, 'adminId' | 'passwordSet' | 'linkToken'>> {
  const email = environment.DRM_ADMIN_EMAIL.trim();
  await db.sql(
    `INSERT INTO drm.app_user (id, email, email_key, display_name, platform_admin)
     VALUES ($1, $2, $3, 'Administrator', true) ON CONFLICT (email_key) DO NOTHING`,
    [uuidV7(), email, emailKey(email)],
  );
  const [admin] = await db.sql<AdminRow>(
    'SELECT id, password_hash AS hash FROM drm.app_user WHERE email_key = $1',
    [emailKey(email)],
  );
  if (admin === undefined) throw new Error('the administrator was not stored');
  const known = { adminId: admin.id, passwordSet: false, linkToken: null };
  if (admin.hash !== null) return known;
  if (environment.DRM_ADMIN_PASSWORD !== undefined) {
    const hash = await new PasswordHasher().hash(environment.DRM_ADMIN_PASSWORD);
    await db.sql(
      `UPDATE drm.app_user SET password_hash = $2, status = 'active' WHERE id = $1 AND password_hash IS NULL`,
      [admin.id, hash],
    );
    return { ...known, passwordSet: true };
  }
  const linkToken = makeSecret();
  await db.sql(
    'UPDATE drm.one_time_link SET used_at = now() WHERE user_id = $1 AND used_at IS NULL',
    [admin.id],
  );
  await db.sql(
    `INSERT INTO drm.one_time_link (id, hash, user_id, purpose, expires_at)
     VALUES ($1, $2, $3, 'invitation', now() + make_interval(hours => $4))`,
    [uuidV7(), hashSecret(linkToken), admin.id, LINK_HOURS],
  );
  return { ...known, linkToken };
}
