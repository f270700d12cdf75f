import { Inject, Injectable, Logger } from '@nestjs/common';
import { DomainError } from '@drm/domain';
import { PersonStore, SessionStore, TenantDb } from '@drm/persistence';
import { matchesHash, prefixOf } from '../keys/api-key-format.ts';
import type { AccessClaims } from '../tokens/access-tokens.ts';
import { CachedCredential, CredentialCache } from './credential-cache.ts';
import { principalOfApiKey, principalOfSession, type Principal } from './principal.ts';

const TOUCH_EVERY_MS = 60_000;

/** Knows every credential that is in use, and asks the database again before what it knows is 5 s old. */
@Injectable()
export class Authenticator {
  readonly cache = new CredentialCache();
  private readonly log = new Logger('auth');
  private readonly sessions: SessionStore;
  private readonly people: PersonStore;

  constructor(@Inject(TenantDb) private readonly db: TenantDb) {
    this.sessions = new SessionStore(db);
    this.people = new PersonStore(db);
  }

  /** A token whose signature was verified. */
  sessionCredential(claims: AccessClaims): CachedCredential {
    return new CachedCredential(claims.exp * 1000, async () =>
      principalOfSession(claims, await this.sessions.state(claims.sub, claims.sid, claims.tid)),
    );
  }

  /** @throws DomainError `auth.required` for a key that is malformed, unknown or wrong */
  async apiKeyCredential(key: string): Promise<CachedCredential> {
    const prefix = prefixOf(key);
    if (prefix === null) throw new DomainError('auth.required');
    const row = await this.people.apiKey(prefix);
    if (row === null || !matchesHash(key, row.hash)) throw new DomainError('auth.required');
    return new CachedCredential(row.expiresAt.getTime(), async () => {
      const current = await this.people.apiKey(prefix);
      if (current === null || !matchesHash(key, current.hash))
        throw new DomainError('auth.required');
      const principal = principalOfApiKey(current, Date.now());
      this.touch(principal, current.lastUsedAt);
      return principal;
    });
  }

  /** A change of rights was made here: who it concerns is asked for again at once, not in some seconds. */
  forget(matches: (principal: Principal) => boolean): void {
    this.cache.forget(matches);
  }

  forgetSession(sessionId: string): void {
    this.forget((principal) => principal.sessionId === sessionId);
  }

  forgetActor(actorId: string): void {
    this.forget((principal) => principal.actor.id === actorId);
  }

  forgetTenant(tenantId: string): void {
    this.forget((principal) => principal.tenantId === tenantId);
  }

  /** Notes the use of a key, at most once a minute, without making the request wait. */
  private touch(principal: Principal, lastUsedAt: Date | null): void {
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < TOUCH_EVERY_MS) return;
    this.db
      .run(principal.tenantId, (tx) =>
        tx.execute(
          `UPDATE api_key SET last_used_at = now() WHERE tenant_id = $1 AND id = $2
             AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
          [principal.tenantId, principal.actor.id],
        ),
      )
      .catch((error: unknown) =>
        this.log.warn({ err: error }, 'the use of an API key was not noted'),
      );
  }
}
