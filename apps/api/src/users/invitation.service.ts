import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import {
  AUTH_SETTINGS,
  Authenticator,
  hashSecret,
  makeSecret,
  rolePermissions,
  type AuthSettings,
} from '@drm/auth';
import type { Invitation, InviteUser } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  createLink,
  createPerson,
  setPlatformAdmin,
  TenantDb,
  type TenantTx,
} from '@drm/persistence';
import { assertWithin, isPlatformAdmin } from '../roles/grants.ts';
import { assertAssignable, lockMembers, memberOf, userOf } from './members.ts';

const INVITATION_SECONDS = 72 * 3600;
const RESET_SECONDS = 30 * 60;

interface FreshLink {
  readonly link: string;
  readonly expiresAt: string;
}

/** One-time links: the way in for a new member, and back in for one who forgot the password. */
@Injectable()
export class InvitationService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  /**
   * Makes the person a member. Who has an account already gets no link: the password is theirs.
   * @param origin of the caller's console, for the link when no public address is configured
   * @throws DomainError `user.duplicate` | `role.not_found` | `permission.denied`
   */
  async invite(ctx: RequestContext, input: InviteUser, origin: string): Promise<Invitation> {
    const invitation = await this.db.run(ctx.tenantId, async (tx) => {
      await lockMembers(tx, ctx.tenantId);
      await assertAssignable(tx, ctx, input.roleId);
      const person = await createPerson(tx, {
        id: uuidV7(),
        email: input.email,
        displayName: input.displayName,
      });
      if (person.status === 'disabled')
        throw new DomainError('permission.denied', 'This account is disabled.');
      const added = await tx.execute(
        `INSERT INTO membership (tenant_id, user_id, role_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [ctx.tenantId, person.userId, input.roleId],
      );
      if (added === 0) throw new DomainError('user.duplicate');
      if (input.roleId === 'platform-admin') await setPlatformAdmin(tx, person.userId, true);
      const made =
        person.status === 'invited'
          ? await this.makeLink(tx, ctx, person.userId, 'invitation', origin)
          : null;
      const user = userOf(await memberOf(tx, person.userId));
      await this.audit.record(tx, ctx, {
        action: 'user.invite',
        targetKind: 'user',
        targetId: user.id,
        targetName: user.email,
        data: { roleId: user.roleId, withLink: made !== null },
      });
      return { user, link: made?.link ?? null, expiresAt: made?.expiresAt ?? null };
    });
    this.authenticator.forgetActor(invitation.user.id);
    return invitation;
  }

  /**
   * Makes a new link for a member: to set a forgotten password, or to accept an invitation that ran out.
   * @throws DomainError `user.not_found` | `permission.denied` when the person belongs to other tenants as well
   */
  async resetLink(ctx: RequestContext, userId: string, origin: string): Promise<Invitation> {
    return await this.db.run(ctx.tenantId, async (tx) => {
      const member = await memberOf(tx, userId);
      // Whoever opens the link becomes this person.
      const permissions = rolePermissions(member.roleId, member.permissions);
      assertWithin(ctx, permissions, 'This person may do more than you.');
      const purpose = member.status === 'invited' ? 'invitation' : 'reset';
      const made = await this.makeLink(tx, ctx, userId, purpose, origin);
      if (made === null) {
        throw new DomainError(
          'permission.denied',
          'This person belongs to other tenants as well. Ask a platform administrator.',
        );
      }
      await this.audit.record(tx, ctx, {
        action: 'user.reset_link',
        targetKind: 'user',
        targetId: userId,
        targetName: member.email,
      });
      return { user: userOf(member), ...made };
    });
  }

  private async makeLink(
    tx: TenantTx,
    ctx: RequestContext,
    userId: string,
    purpose: 'invitation' | 'reset',
    origin: string,
  ): Promise<FreshLink | null> {
    const secret = makeSecret();
    const until = await createLink(tx, {
      id: uuidV7(),
      hash: hashSecret(secret),
      userId,
      purpose,
      lifeSeconds: purpose === 'invitation' ? INVITATION_SECONDS : RESET_SECONDS,
      byPlatform: isPlatformAdmin(ctx),
    });
    if (until === null) return null;
    // After '#', so that no server and no proxy ever logs it.
    const base = this.settings.publicUrl ?? origin;
    return { link: `${base}/accept-invitation#token=${secret}`, expiresAt: until.toISOString() };
  }
}
