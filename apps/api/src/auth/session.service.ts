import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import {
  Authenticator,
  AUTH_SETTINGS,
  hashSecret,
  makeSecret,
  openSuccessor,
  sealSuccessor,
  type AuthSettings,
  type Caller,
} from '@drm/auth';
import type { Session, SessionPage, SwitchTenant, TenantRef } from '@drm/contracts';
import { DomainError, uuidV7 } from '@drm/domain';
import {
  PersonStore,
  SessionStore,
  TenantDb,
  type PersonRow,
  type Rotation,
} from '@drm/persistence';
import { personActor, type ClientInfo } from './client.ts';
import { SessionIssuer, tenantRefOf, usable, type Issued, type Place } from './session-issuer.ts';

/** Only the token right before the newest, and only this long: a lost answer may be asked for again. */
const GRACE_SECONDS = 10;

type KnownRotation = Exclude<Rotation, { outcome: 'unknown' }>;

/** Keeping a sign-in alive, ending it, and taking it to another tenant. */
@Injectable()
export class SessionService {
  private readonly people: PersonStore;
  private readonly sessions: SessionStore;

  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {
    this.people = new PersonStore(db);
    this.sessions = new SessionStore(db);
  }

  /**
   * Spends a refresh token. A token that was spent before ends the whole session: somebody has a copy.
   * @throws DomainError `auth.refresh_invalid` | `tenant.suspended`
   */
  async refresh(token: string, client: ClientInfo): Promise<Issued> {
    const fresh = makeSecret();
    const rotation = await this.sessions.rotate(hashSecret(token), {
      id: uuidV7(),
      hash: hashSecret(fresh),
      sealed: sealSuccessor(token, fresh),
      graceSeconds: GRACE_SECONDS,
      idleSeconds: this.settings.refreshIdleSeconds,
      absoluteSeconds: this.settings.refreshAbsoluteSeconds,
      address: client.address,
      userAgent: client.userAgent,
    });
    if (rotation.outcome === 'unknown') throw new DomainError('auth.refresh_invalid');
    if (rotation.outcome === 'reused') await this.reportReuse(rotation, client);
    if (rotation.outcome !== 'rotated' && rotation.outcome !== 'repeated')
      throw new DomainError('auth.refresh_invalid');
    const refreshToken =
      rotation.outcome === 'repeated' ? openSuccessor(token, rotation.sealed) : fresh;
    const { person, place } = await this.resume(rotation);
    const session = await this.issuer.describe(person, place, rotation.family);
    return { session, refreshToken, maxAgeSeconds: this.settings.refreshIdleSeconds };
  }

  /** Ends the session of a refresh token; an unknown or ended one is fine as well. */
  async logout(token: string, client: ClientInfo): Promise<void> {
    const ended = await this.sessions.endOfToken(hashSecret(token));
    if (ended === null) return;
    this.authenticator.forgetSession(ended.family);
    const person = await this.people.byId(ended.userId);
    if (person === null) return;
    await this.db.run(ended.tenantId, (tx) =>
      this.audit.record(tx, personActor(client, person), { action: 'auth.logout' }),
    );
  }

  /**
   * Goes on in another tenant. A platform administrator who is no member says why, and that tenant sees it.
   * @throws DomainError `tenant.not_found` | `tenant.suspended` | `permission.denied` | `request.invalid`
   */
  async switchTenant(caller: Caller, input: SwitchTenant, client: ClientInfo): Promise<Session> {
    const { userId, sessionId } = personOf(caller);
    const person = await this.people.byId(userId);
    if (person === null) throw new DomainError('auth.required');
    const place = await this.destination(person, input);
    await this.db.run(place.tenant.id, (tx) =>
      this.audit.record(tx, personActor(client, person), {
        action: place.membership === null ? 'tenant.enter' : 'auth.switch_tenant',
        targetKind: 'tenant',
        targetId: place.tenant.id,
        targetName: place.tenant.name,
        reason: input.reason,
      }),
    );
    const isMoved = await this.sessions.move(userId, sessionId, place.tenant.id);
    if (!isMoved) throw new DomainError('auth.required');
    return await this.issuer.describe(person, place, sessionId);
  }

  async list(caller: Caller): Promise<SessionPage> {
    const { userId, sessionId } = personOf(caller);
    const rows = await this.sessions.of(userId);
    const items = rows.map((row) => ({
      id: row.family,
      current: row.family === sessionId,
      createdAt: row.startedAt.toISOString(),
      lastUsedAt: row.lastUsedAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      address: row.address,
      userAgent: row.userAgent,
    }));
    // A person has ten sessions at most.
    return { items, nextCursor: null };
  }

  /** @throws DomainError `session.not_found`, for somebody else's session as well */
  async end(caller: Caller, sessionId: string): Promise<void> {
    const { userId } = personOf(caller);
    const isEnded = await this.sessions.end(userId, sessionId);
    if (!isEnded) throw new DomainError('session.not_found');
    this.authenticator.forgetSession(sessionId);
    await this.db.run(caller.context.tenantId, (tx) =>
      this.audit.record(tx, caller.context, {
        action: 'auth.session_end',
        targetKind: 'session',
        targetId: sessionId,
      }),
    );
  }

  private async destination(person: PersonRow, input: SwitchTenant): Promise<Place> {
    const memberships = await this.people.memberships(person.userId);
    const membership = memberships.find(
      (row) => row.tenantId === input.tenantId && row.status === 'active',
    );
    if (membership !== undefined) {
      if (usable(person, [membership]).length === 0) throw new DomainError('tenant.suspended');
      return { tenant: tenantRefOf(membership), membership };
    }
    if (!person.platformAdmin) throw new DomainError('tenant.not_found');
    const tenant = await this.tenantRef(input.tenantId);
    if (input.reason === undefined) {
      const message = 'Say why you enter this tenant. It will be shown in its audit log.';
      throw new DomainError('request.invalid', message, {
        errors: [{ path: 'reason', code: 'required', message }],
      });
    }
    return { tenant, membership: null };
  }

  /** @throws DomainError `tenant.not_found` */
  private async tenantRef(tenantId: string): Promise<TenantRef> {
    const [tenant] = await this.db.read<TenantRef>(
      tenantId,
      'SELECT tenant_id AS id, slug, name FROM tenant WHERE tenant_id = $1',
      [tenantId],
    );
    if (tenant === undefined) throw new DomainError('tenant.not_found');
    return tenant;
  }

  /** Where a session goes on: where it was, or, when that is closed to the person by now, somewhere else. */
  private async resume(rotation: KnownRotation): Promise<{ person: PersonRow; place: Place }> {
    const { userId, family, tenantId } = rotation;
    const person = await this.people.byId(userId);
    if (person?.status !== 'active') {
      await this.sessions.end(userId, family);
      throw new DomainError('auth.refresh_invalid');
    }
    const open = usable(person, await this.people.memberships(userId));
    const membership = open.find((row) => row.tenantId === tenantId);
    if (membership !== undefined)
      return { person, place: { tenant: tenantRefOf(membership), membership } };
    if (person.platformAdmin)
      return { person, place: { tenant: await this.tenantRef(tenantId), membership: null } };
    try {
      const place = await this.issuer.placeFor(person);
      await this.sessions.move(userId, family, place.tenant.id);
      return { person, place };
    } catch (error) {
      await this.sessions.end(userId, family);
      if (error instanceof DomainError && error.code === 'permission.denied')
        throw new DomainError('auth.refresh_invalid');
      throw error;
    }
  }

  private async reportReuse(rotation: KnownRotation, client: ClientInfo): Promise<void> {
    this.authenticator.forgetSession(rotation.family);
    const person = await this.people.byId(rotation.userId);
    if (person === null) return;
    await this.db.run(rotation.tenantId, (tx) =>
      this.audit.record(tx, personActor(client, person), {
        action: 'auth.session_reuse',
        targetKind: 'session',
        targetId: rotation.family,
        outcome: 'refused',
        reason: 'A refresh token was used twice; the session was ended.',
      }),
    );
  }
}

/** @throws DomainError `permission.denied` for an API key: it is no person and has no session */
export function personOf(caller: Caller): { userId: string; sessionId: string } {
  const { actor } = caller.context;
  if (actor.kind !== 'user' || actor.id === null || caller.sessionId === null)
    throw new DomainError('permission.denied', 'Only a signed-in person can do this.');
  return { userId: actor.id, sessionId: caller.sessionId };
}
