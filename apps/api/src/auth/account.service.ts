import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import {
  assertStrongPassword,
  Authenticator,
  LoginThrottle,
  PasswordHasher,
  type Caller,
} from '@drm/auth';
import type { ChangePassword, Me, TenantRef } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { emailKey, PersonStore, TenantDb } from '@drm/persistence';
import { currentUserOf, tenantRefOf, usable } from './session-issuer.ts';
import { personOf } from './session.service.ts';

/** What callers may know and change about themselves. */
@Injectable()
export class AccountService {
  private readonly people: PersonStore;

  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(PasswordHasher) private readonly passwords: PasswordHasher,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {
    this.people = new PersonStore(db);
  }

  async me(caller: Caller): Promise<Me> {
    const { actor, tenantId, permissions } = caller.context;
    const [tenant] = await this.db.read<TenantRef>(
      tenantId,
      'SELECT tenant_id AS id, slug, name FROM tenant WHERE tenant_id = $1',
      [tenantId],
    );
    if (tenant === undefined || actor.id === null) throw new DomainError('auth.required');
    if (actor.kind !== 'user') {
      return {
        kind: 'api_key',
        user: null,
        apiKey: { id: actor.id, name: actor.name },
        tenant,
        tenants: [tenant],
        permissions: [...permissions],
      };
    }
    const person = await this.people.byId(actor.id);
    if (person === null) throw new DomainError('auth.required');
    const memberships = usable(person, await this.people.memberships(actor.id));
    return {
      kind: 'user',
      user: currentUserOf(person),
      apiKey: null,
      tenant,
      tenants: memberships.map(tenantRefOf),
      permissions: [...permissions],
    };
  }

  /**
   * Needs the current password; ends every other session of the person.
   * @throws DomainError `auth.invalid_credentials` | `password.too_weak` | `rate.limited` | `permission.denied`
   */
  async changePassword(caller: Caller, input: ChangePassword): Promise<void> {
    const { userId, sessionId } = personOf(caller);
    const person = await this.people.byId(userId);
    if (person === null) throw new DomainError('auth.required');
    const attempt = this.throttle.begin(emailKey(person.email), caller.context.address);
    let isRight: boolean;
    try {
      isRight = await this.passwords.verify(person.passwordHash, input.currentPassword);
    } catch (error) {
      attempt.abandoned();
      throw error;
    }
    if (!isRight) {
      attempt.failed();
      throw new DomainError('auth.invalid_credentials', 'The current password is wrong.');
    }
    attempt.succeeded();
    const memberships = await this.people.memberships(userId);
    assertStrongPassword(input.newPassword, [
      person.email,
      person.displayName,
      ...memberships.flatMap((row) => [row.slug, row.name]),
    ]);
    const hash = await this.passwords.hash(input.newPassword);
    await this.people.setPassword(userId, hash, sessionId);
    this.authenticator.forgetActor(userId);
    await this.db.run(caller.context.tenantId, (tx) =>
      this.audit.record(tx, caller.context, {
        action: 'user.change_password',
        targetKind: 'user',
        targetId: userId,
        targetName: person.email,
      }),
    );
  }
}
