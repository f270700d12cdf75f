import { BUILT_IN_ROLE_NAMES, BUILT_IN_ROLES } from '@drm/contracts';
import { createTenantKey } from '@drm/persistence';

/** A transaction of the new tenant, or of a migration login. */
export interface TenantStatements {
  sql(text: string, params: readonly unknown[]): Promise<unknown>;
}

export interface NewTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** Everything a tenant needs from its first moment: the row, its limits, the built-in roles and its data key. */
export async function provisionTenant(
  tx: TenantStatements,
  tenant: NewTenant,
  kek: Uint8Array,
): Promise<void> {
  await tx.sql('INSERT INTO drm.tenant (tenant_id, slug, name) VALUES ($1, $2, $3)', [
    tenant.id,
    tenant.slug,
    tenant.name,
  ]);
  await completeTenant(tx, tenant.id, kek);
}

/** Adds what a tenant lacks of it: after a seed that was cut short, or when this build has new built-in roles. */
export async function completeTenant(
  tx: TenantStatements,
  tenantId: string,
  kek: Uint8Array,
): Promise<void> {
  await tx.sql('INSERT INTO drm.tenant_limit (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [
    tenantId,
  ]);
  await provisionRoles(tx, tenantId);
  await createTenantKey(tx, kek, tenantId);
}

async function provisionRoles(tx: TenantStatements, tenantId: string): Promise<void> {
  for (const id of BUILT_IN_ROLE_NAMES) {
    const { title, permissions } = BUILT_IN_ROLES[id];
    await tx.sql(
      `INSERT INTO drm.role (tenant_id, id, name, built_in, permissions) VALUES ($1, $2, $3, true, $4)
       ON CONFLICT (tenant_id, id) DO UPDATE SET permissions = excluded.permissions`,
      [tenantId, id, title, [...permissions]],
    );
  }
}
