import { Inject, Injectable } from '@nestjs/common';
import {
  AccessTokens,
  AUTH_SETTINGS,
  effectivePermissions,
  hashSecret,
  makeSecret,
  type AuthSettings,
} from '@drm/auth';
import type { CurrentUser, Session, TenantRef } from '@drm/contracts';
import { DomainError, uuidV7 } from '@drm/domain';
import {
  PersonStore,
  SessionStore,
  TenantDb,
  type MembershipRow,
  type PersonRow,
} from '@drm/persistence';
import type { ClientInfo } from './client.ts';

/** A session for the caller; the refresh token goes into the cookie and nowhere else. */
export interface Issued {
  readonly session: Session;
  readonly refreshToken: string;
  readonly maxAgeSeconds: number;
}

export interface Place {
  readonly tenant: TenantRef;
  /** Null: a platform administrator who is no member. */
  readonly membership: MembershipRow | null;
}

const MAX_SESSIONS = 10;

export const tenantRefOf = (row: MembershipRow): TenantRef => ({
  id: row.tenantId,
  slug: row.slug,
  name: row.name,
});

export const currentUserOf = (person: PersonRow): CurrentUser => ({
  id: person.userId,
  email: person.email,
  displayName: person.displayName,
  platformAdmin: person.platformAdmin,
});

/** Memberships the person can use now. */
export const usable = (
  person: Pick<PersonRow, 'platformAdmin'>,
  memberships: readonly MembershipRow[],
): MembershipRow[] =>
  memberships.filter(
    (row) => row.status === 'active' && (row.tenantStatus === 'active' || person.platformAdmin),
  );

/** Opens sessions and says what they hold. */
@Injectable()
export class SessionIssuer {
  private readonly people: PersonStore;
  private readonly sessions: SessionStore;

  constructor(
    @Inject(TenantDb) db: TenantDb,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {
    this.people = new PersonStore(db);
    this.sessions = new SessionStore(db);
  }

  /**
   * The tenant a sign-in begins in: the one the person used last, else the first by name.
   * @throws DomainError `tenant.suspended` | `permission.denied`
   */
  async placeFor(person: PersonRow): Promise<Place> {
    const memberships = await this.people.memberships(person.userId);
    const open = usable(person, memberships);
    const last = (await this.sessions.of(person.userId))[0]?.tenantId;
    const membership = open.find((row) => row.tenantId === last) ?? open[0];
    if (membership !== undefined) return { tenant: tenantRefOf(membership), membership };
    const isSuspended = memberships.some((row) => row.status === 'active');
    throw isSuspended
      ? new DomainError('tenant.suspended')
      : new DomainError('permission.denied', 'You are a member of no tenant.');
  }

  /** @throws DomainError `auth.invalid_credentials` when the person was disabled meanwhile */
  async open(person: PersonRow, place: Place, client: ClientInfo): Promise<Issued> {
    const family = uuidV7();
    const refreshToken = makeSecret();
    const isOpen = await this.sessions.open({
      id: uuidV7(),
      family,
      userId: person.userId,
      tenantId: place.tenant.id,
      hash: hashSecret(refreshToken),
      idleSeconds: this.settings.refreshIdleSeconds,
      absoluteSeconds: this.settings.refreshAbsoluteSeconds,
      address: client.address,
      userAgent: client.userAgent,
      maxSessions: MAX_SESSIONS,
    });
    if (!isOpen) throw new DomainError('auth.invalid_credentials');
    const session = await this.describe(person, place, family);
    return { session, refreshToken, maxAgeSeconds: this.settings.refreshIdleSeconds };
  }

  /** A fresh access token of a session, with what the console needs beside it. */
  async describe(person: PersonRow, place: Place, family: string): Promise<Session> {
    const memberships = usable(person, await this.people.memberships(person.userId));
    const accessToken = await this.tokens.sign({
      userId: person.userId,
      tenantId: place.tenant.id,
      sessionId: family,
      sessionVersion: person.sessionVersion,
    });
    const permissions = effectivePermissions(
      place.membership?.roleId ?? null,
      place.membership?.permissions ?? null,
      person.platformAdmin,
    );
    return {
      accessToken,
      expiresIn: this.tokens.lifeSeconds,
      user: currentUserOf(person),
      tenant: place.tenant,
      tenants: memberships.map(tenantRefOf),
      permissions: [...permissions],
    };
  }
}
