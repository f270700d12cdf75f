import { rolePermissions } from '@drm/auth';
import type { User } from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import { members, type MemberRow, type TenantTx } from '@drm/persistence';
import { assertWithin, isPlatformAdmin } from '../roles/grants.ts';

export const userOf = (row: MemberRow): User => ({
  id: row.userId,
  email: row.email,
  displayName: row.displayName,
  status: row.status,
  roleId: row.roleId,
  roleName: row.roleName,
  platformAdmin: row.platformAdmin,
  lastLoginAt: row.lastLoginAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  version: row.version,
});

/** @throws DomainError `user.not_found`, for members of other tenants as well */
export async function memberOf(tx: TenantTx, userId: string): Promise<MemberRow> {
  const [member] = await members(tx, { userId, limit: 1 });
  if (member === undefined) throw new DomainError('user.not_found');
  return member;
}

/** Changes of a tenant's members queue up here: two at once could each remove the other last administrator. */
export async function lockMembers(tx: TenantTx, tenantId: string): Promise<void> {
  await tx.sql('SELECT 1 FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE', [tenantId]);
}

/** @throws DomainError `role.not_found` | `permission.denied` when the role allows more than the caller may */
export async function assertAssignable(
  tx: TenantTx,
  ctx: RequestContext,
  roleId: string,
): Promise<void> {
  const [role] = await tx.sql<{ permissions: string[] }>(
    'SELECT permissions FROM role WHERE tenant_id = $1 AND id = $2',
    [ctx.tenantId, roleId],
  );
  if (role === undefined) throw new DomainError('role.not_found');
  if (roleId === 'platform-admin' && !isPlatformAdmin(ctx))
    throw new DomainError('permission.denied');
  assertWithin(
    ctx,
    rolePermissions(roleId, role.permissions),
    'This role allows more than you may do.',
  );
}
