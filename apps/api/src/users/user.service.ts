import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import { Authenticator, rolePermissions } from '@drm/auth';
import type { Page, UpdateUser, User, UserQuery } from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import {
  decodeCursor,
  encodeCursor,
  members,
  pageFrom,
  setPlatformAdmin,
  TenantDb,
  type MemberRow,
  type TenantTx,
} from '@drm/persistence';
import { assertWithin, isPlatformAdmin } from '../roles/grants.ts';
import { assertAssignable, lockMembers, memberOf, userOf } from './members.ts';

const ADMIN_ROLES = ['tenant-admin', 'platform-admin'];
const PLATFORM_ROLE = 'platform-admin';

/** People as members of one tenant. Their accounts are global; here only the membership changes. */
@Injectable()
export class UserService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  async list(ctx: RequestContext, query: UserQuery): Promise<Page<User>> {
    const [after] =
      query.cursor === undefined ? [null] : decodeCursor('users', 'email', query.cursor, 1);
    const rows = await this.db.run(
      ctx.tenantId,
      (tx) =>
        members(tx, {
          query: query.q,
          status: query.status,
          after: after === null || after === undefined ? null : String(after),
          limit: query.limit + 1,
        }),
      { mode: 'ro' },
    );
    const page = pageFrom(rows, query.limit, (row) =>
      encodeCursor('users', 'email', [row.emailKey]),
    );
    return { ...page, items: page.items.map(userOf) };
  }

  /** @throws DomainError `user.not_found` */
  async get(ctx: RequestContext, userId: string): Promise<User> {
    return userOf(await this.db.run(ctx.tenantId, (tx) => memberOf(tx, userId), { mode: 'ro' }));
  }

  /**
   * Changes the role, or disables and enables the person in this tenant.
   * @throws DomainError `user.not_found` | `user.changed` | `user.last_admin` | `role.not_found` | `permission.denied`
   */
  async update(
    ctx: RequestContext,
    userId: string,
    version: number,
    input: UpdateUser,
  ): Promise<User> {
    const user = await this.db.run(ctx.tenantId, async (tx) => {
      await lockMembers(tx, ctx.tenantId);
      const before = await this.powerOver(tx, ctx, userId);
      if (before.version !== version) throw new DomainError('user.changed');
      const roleId = input.roleId ?? before.roleId;
      if (roleId !== before.roleId) {
        await assertAssignable(tx, ctx, roleId);
        await this.movePlatformRight(tx, ctx, before, roleId);
      }
      await tx.sql(
        `UPDATE membership SET role_id = $3, status = coalesce($4, status), version = version + 1
         WHERE tenant_id = $1 AND user_id = $2`,
        [ctx.tenantId, userId, roleId, input.status ?? null],
      );
      await this.assertAdminRemains(tx, before);
      const after = await memberOf(tx, userId);
      await this.audit.record(tx, ctx, {
        action: actionOf(before, after),
        targetKind: 'user',
        targetId: userId,
        targetName: before.email,
        data: {
          before: { roleId: before.roleId, status: before.status },
          after: { roleId: after.roleId, status: after.status },
        },
      });
      return userOf(after);
    });
    this.authenticator.forgetActor(userId);
    return user;
  }

  /** Ends the membership; the account stays. @throws DomainError `user.not_found` | `user.last_admin` | `permission.denied` */
  async remove(ctx: RequestContext, userId: string): Promise<void> {
    await this.db.run(ctx.tenantId, async (tx) => {
      await lockMembers(tx, ctx.tenantId);
      const before = await this.powerOver(tx, ctx, userId);
      if (before.roleId === PLATFORM_ROLE) await this.movePlatformRight(tx, ctx, before, 'viewer');
      await tx.sql('DELETE FROM membership WHERE tenant_id = $1 AND user_id = $2', [
        ctx.tenantId,
        userId,
      ]);
      await this.assertAdminRemains(tx, before);
      await this.audit.record(tx, ctx, {
        action: 'user.remove',
        targetKind: 'user',
        targetId: userId,
        targetName: before.email,
        data: { roleId: before.roleId },
      });
    });
    this.authenticator.forgetActor(userId);
  }

  private async powerOver(tx: TenantTx, ctx: RequestContext, userId: string): Promise<MemberRow> {
    const member = await memberOf(tx, userId);
    const permissions = rolePermissions(member.roleId, member.permissions);
    assertWithin(ctx, permissions, 'This person may do more than you.');
    return member;
  }

  /** The role platform-admin is more than a role of this tenant: who gets or loses it gets or loses the platform. */
  private async movePlatformRight(
    tx: TenantTx,
    ctx: RequestContext,
    before: MemberRow,
    roleId: string,
  ): Promise<void> {
    const gets = roleId === PLATFORM_ROLE;
    if (!gets && before.roleId !== PLATFORM_ROLE) return;
    if (!isPlatformAdmin(ctx)) throw new DomainError('permission.denied');
    const isDone = await setPlatformAdmin(tx, before.userId, gets);
    if (!isDone)
      throw new DomainError('user.last_admin', 'The last platform administrator stays one.');
  }

  private async assertAdminRemains(tx: TenantTx, before: MemberRow): Promise<void> {
    if (!ADMIN_ROLES.includes(before.roleId) || before.status !== 'active') return;
    const active = await members(tx, { status: 'active', limit: 1000 });
    if (!active.some((member) => ADMIN_ROLES.includes(member.roleId)))
      throw new DomainError('user.last_admin');
  }
}

function actionOf(before: MemberRow, after: MemberRow): string {
  if (before.status !== 'disabled' && after.status === 'disabled') return 'user.disable';
  if (before.status === 'disabled' && after.status !== 'disabled') return 'user.enable';
  return 'user.update';
}
