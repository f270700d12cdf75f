import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import {
  assertStrongPassword,
  Authenticator,
  hashSecret,
  LoginThrottle,
  PasswordHasher,
} from '@drm/auth';
import type { AcceptInvitation, Login } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { emailKey, PersonStore, TenantDb, type PersonRow } from '@drm/persistence';
import { claimedActor, personActor, type ClientInfo } from './client.ts';
import { SessionIssuer, type Issued } from './session-issuer.ts';

/** Who keeps guessing fills the log of this many tenants, no more. */
const AUDITED_TENANTS_MAX = 20;

/** Signing in, by password or by one-time link. */
@Injectable()
export class SignInService {
  private readonly people: PersonStore;
  private readonly log = new Logger('auth');
  private background: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(PasswordHasher) private readonly passwords: PasswordHasher,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {
    this.people = new PersonStore(db);
  }

  /**
   * Unknown, disabled and wrong take the same time and get the same answer.
   * @throws DomainError `auth.invalid_credentials` | `rate.limited` | `tenant.suspended` | `permission.denied`
   */
  async login(input: Login, client: ClientInfo): Promise<Issued> {
    const attempt = this.throttle.begin(emailKey(input.email), client.address);
    let person: PersonRow | null;
    let isRight: boolean;
    try {
      person = await this.people.byEmail(input.email);
      const hash = person?.status === 'active' ? person.passwordHash : null;
      isRight = await this.passwords.verify(hash, input.password);
    } catch (error) {
      attempt.abandoned();
      throw error;
    }
    if (person === null || !isRight) {
      attempt.failed();
      if (person !== null) this.auditFailure(person, client);
      throw new DomainError('auth.invalid_credentials');
    }
    attempt.succeeded();
    await this.rehash(person, input.password);
    const place = await this.issuer.placeFor(person);
    const issued = await this.issuer.open(person, place, client);
    await this.auditSignIn(issued, person, client, 'auth.login');
    return issued;
  }

  /**
   * Spends an invitation or reset link, sets the password and signs in.
   * @throws DomainError `link.used` | `password.too_weak` | `rate.limited`
   */
  async acceptLink(input: AcceptInvitation, client: ClientInfo): Promise<Issued> {
    const hash = hashSecret(input.token);
    const link = await this.people.link(hash);
    if (link === null) throw new DomainError('link.used');
    const memberships = await this.people.memberships(link.userId);
    assertStrongPassword(input.password, [
      link.email,
      link.displayName,
      input.displayName ?? '',
      ...memberships.flatMap((row) => [row.slug, row.name]),
    ]);
    const passwordHash = await this.passwords.hash(input.password);
    // The check above and this are two steps; of two callers with the same link only one spends it.
    const spent = await this.people.consumeLink(hash, passwordHash, input.displayName ?? null);
    if (spent === null) throw new DomainError('link.used');
    this.authenticator.forgetActor(link.userId);
    const person = await this.people.byId(link.userId);
    if (person === null) throw new DomainError('link.used');
    for (const row of memberships) {
      await this.db.run(row.tenantId, (tx) =>
        this.audit.record(tx, personActor(client, person), {
          action: spent.purpose === 'invitation' ? 'user.activate' : 'user.reset_password',
          targetKind: 'user',
          targetId: person.userId,
          targetName: person.email,
        }),
      );
    }
    const place = await this.issuer.placeFor(person);
    const issued = await this.issuer.open(person, place, client);
    await this.auditSignIn(issued, person, client, 'auth.login');
    return issued;
  }

  /** Resolves when every audit line of a failed sign-in is written; for an orderly shutdown and for tests. */
  async settled(): Promise<void> {
    await this.background;
  }

  private async rehash(person: PersonRow, password: string): Promise<void> {
    if (person.passwordHash === null || !this.passwords.needsRehash(person.passwordHash)) return;
    const stronger = await this.passwords.hash(password);
    await this.people.upgradePassword(person.userId, person.passwordHash, stronger);
  }

  private async auditSignIn(
    issued: Issued,
    person: PersonRow,
    client: ClientInfo,
    action: string,
  ): Promise<void> {
    await this.db.run(issued.session.tenant.id, (tx) =>
      this.audit.record(tx, personActor(client, person), {
        action,
        targetKind: 'user',
        targetId: person.userId,
        targetName: person.email,
      }),
    );
  }

  /** Not awaited by the answer: a known account must not take longer to refuse than an unknown one. */
  private auditFailure(person: PersonRow, client: ClientInfo): void {
    const written = async (): Promise<void> => {
      const memberships = await this.people.memberships(person.userId);
      for (const row of memberships.slice(0, AUDITED_TENANTS_MAX)) {
        await this.db.run(row.tenantId, (tx) =>
          this.audit.record(tx, claimedActor(client, person.email), {
            action: 'auth.login',
            targetKind: 'user',
            targetId: person.userId,
            targetName: person.email,
            outcome: 'refused',
            reason:
              person.status === 'active' ? 'wrong password' : `the account is ${person.status}`,
          }),
        );
      }
    };
    this.background = Promise.allSettled([this.background, written()]).then(([, result]) => {
      if (result.status === 'rejected')
        this.log.warn({ err: result.reason as unknown }, 'a refused sign-in was not audited');
    });
  }
}
