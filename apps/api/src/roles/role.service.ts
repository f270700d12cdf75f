import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import { Authenticator, rolePermissions } from '@drm/auth';
import type { ListQuery, Page, Permission, Role, SaveRole } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  decodeCursor,
  encodeCursor,
  FOREIGN_KEY_VIOLATION,
  pageFrom,
  sqlState,
  TenantDb,
  UNIQUE_VIOLATION,
  type TenantTx,
} from '@drm/persistence';
import { assertWithin } from './grants.ts';

interface RoleRow {
  readonly id: string;
  readonly name: string;
  readonly builtIn: boolean;
  readonly permissions: readonly string[];
  readonly version: number;
  readonly members: number;
}

const COLUMNS = `r.id, r.name, r.built_in AS "builtIn", r.permissions, r.version,
  (SELECT count(*)::int FROM membership m WHERE m.tenant_id = r.tenant_id AND m.role_id = r.id) AS members`;

const roleOf = (row: RoleRow): Role => ({
  ...row,
  permissions: rolePermissions(row.id, row.permissions),
});

/** Sets of permissions: the built-in ones, and those a tenant makes for itself. */
@Injectable()
export class RoleService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  async list(ctx: RequestContext, query: ListQuery): Promise<Page<Role>> {
    const [after] =
      query.cursor === undefined ? [null] : decodeCursor('roles', 'name', query.cursor, 1);
    const rows = await this.db.read<RoleRow>(
      ctx.tenantId,
      `SELECT ${COLUMNS} FROM role r WHERE r.tenant_id = $1 AND ($2::text IS NULL OR r.name > $2)
       ORDER BY r.name LIMIT $3`,
      [ctx.tenantId, after, query.limit + 1],
    );
    const page = pageFrom(rows, query.limit, (row) => encodeCursor('roles', 'name', [row.name]));
    return { ...page, items: page.items.map(roleOf) };
  }

  /** @throws DomainError `role.duplicate` | `permission.denied` */
  async create(ctx: RequestContext, input: SaveRole): Promise<Role> {
    assertGrantable(ctx, input.permissions);
    const id = uuidV7();
    return await this.unlessDuplicate(
      this.db.run(ctx.tenantId, async (tx) => {
        await tx.sql(
          'INSERT INTO role (tenant_id, id, name, permissions) VALUES ($1, $2, $3, $4)',
          [ctx.tenantId, id, input.name, unique(input.permissions)],
        );
        await this.record(tx, ctx, 'role.create', id, input);
        return await this.byId(tx, ctx.tenantId, id);
      }),
    );
  }

  /** @throws DomainError `role.not_found` | `role.built_in` | `role.changed` | `role.duplicate` | `permission.denied` */
  async update(ctx: RequestContext, id: string, version: number, input: SaveRole): Promise<Role> {
    assertGrantable(ctx, input.permissions);
    const role = await this.unlessDuplicate(
      this.db.run(ctx.tenantId, async (tx) => {
        const current = await this.changeable(tx, ctx, id);
        if (current.version !== version) throw new DomainError('role.changed');
        await tx.sql(
          `UPDATE role SET name = $3, permissions = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2`,
          [ctx.tenantId, id, input.name, unique(input.permissions)],
        );
        await this.record(tx, ctx, 'role.update', id, input);
        return await this.byId(tx, ctx.tenantId, id);
      }),
    );
    this.authenticator.forgetTenant(ctx.tenantId);
    return role;
  }

  /** @throws DomainError `role.not_found` | `role.built_in` | `role.in_use` | `permission.denied` */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    try {
      await this.db.run(ctx.tenantId, async (tx) => {
        const current = await this.changeable(tx, ctx, id);
        if (current.members > 0) throw new DomainError('role.in_use');
        await tx.sql('DELETE FROM role WHERE tenant_id = $1 AND id = $2', [ctx.tenantId, id]);
        await this.record(tx, ctx, 'role.delete', id, current);
      });
    } catch (error) {
      // Somebody got the role after it was counted.
      if (sqlState(error) === FOREIGN_KEY_VIOLATION) throw new DomainError('role.in_use');
      throw error;
    }
  }

  private async changeable(tx: TenantTx, ctx: RequestContext, id: string): Promise<Role> {
    await tx.sql('SELECT 1 FROM role WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
      ctx.tenantId,
      id,
    ]);
    const current = await this.byId(tx, ctx.tenantId, id);
    if (current.builtIn) throw new DomainError('role.built_in');
    assertWithin(ctx, current.permissions, 'This role allows more than you may do.');
    return current;
  }

  private async byId(tx: TenantTx, tenantId: string, id: string): Promise<Role> {
    const [row] = await tx.sql<RoleRow>(
      `SELECT ${COLUMNS} FROM role r WHERE r.tenant_id = $1 AND r.id = $2`,
      [tenantId, id],
    );
    if (row === undefined) throw new DomainError('role.not_found');
    return roleOf(row);
  }

  private async record(
    tx: TenantTx,
    ctx: RequestContext,
    action: string,
    id: string,
    role: { readonly name: string; readonly permissions: readonly Permission[] },
  ): Promise<void> {
    await this.audit.record(tx, ctx, {
      action,
      targetKind: 'role',
      targetId: id,
      targetName: role.name,
      data: { permissions: [...role.permissions] },
    });
  }

  private async unlessDuplicate<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('role.duplicate');
      throw error;
    }
  }
}

const unique = (permissions: readonly Permission[]): Permission[] => [...new Set(permissions)];

function assertGrantable(ctx: RequestContext, permissions: readonly Permission[]): void {
  if (permissions.includes('tenants:admin')) {
    throw new DomainError(
      'permission.denied',
      'tenants:admin belongs to platform administrators only.',
    );
  }
  assertWithin(ctx, permissions, 'A role cannot allow more than you may do.');
}
