import type { TenantDb } from '../tenancy/tenant-db.ts';
import type { Rotation, SessionRow, SessionStateRow } from './identity-rows.ts';

export interface NewSession {
  readonly id: string;
  readonly family: string;
  readonly userId: string;
  readonly tenantId: string;
  /** SHA-256 of the refresh token. */
  readonly hash: Uint8Array;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The oldest session of the person ends when there would be more. */
  readonly maxSessions: number;
}

export interface NewToken {
  readonly id: string;
  readonly hash: Uint8Array;
  /** The new token, sealed so that only the holder of the old one can open it. */
  readonly sealed: Uint8Array;
  readonly graceSeconds: number;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

interface RotationRow {
  readonly outcome: 'unknown' | 'rotated' | 'ended' | 'expired' | 'reused' | 'repeated';
  readonly user_id: string;
  readonly family: string;
  readonly tenant_id: string;
  readonly sealed: Buffer;
}

/** Sign-in sessions across tenants, through the functions of schema `identity`. */
export class SessionStore {
  constructor(private readonly db: TenantDb) {}

  /** Null for an unknown person or tenant. */
  async state(userId: string, family: string, tenantId: string): Promise<SessionStateRow | null> {
    const rows = await this.call<SessionStateRow>(
      `SELECT email, display_name AS "displayName", status, platform_admin AS "platformAdmin",
         session_version AS "sessionVersion", session_live AS "sessionLive", tenant_slug AS "tenantSlug",
         tenant_name AS "tenantName", tenant_status AS "tenantStatus", member_status AS "memberStatus",
         role_id AS "roleId", permissions FROM identity.session_state($1, $2, $3)`,
      [userId, family, tenantId],
    );
    return rows[0] ?? null;
  }

  /** False when the person may not sign in (any more). */
  async open(session: NewSession): Promise<boolean> {
    const rows = await this.call<{ opened: boolean }>(
      'SELECT identity.open_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS opened',
      [
        session.id,
        session.family,
        session.userId,
        session.tenantId,
        session.hash,
        session.idleSeconds,
        session.absoluteSeconds,
        session.address,
        session.userAgent,
        session.maxSessions,
      ],
    );
    return rows[0]?.opened === true;
  }

  /** Spends one refresh token; of calls at the same time exactly one makes the successor. */
  async rotate(hash: Uint8Array, next: NewToken): Promise<Rotation> {
    const rows = await this.call<RotationRow>(
      'SELECT * FROM identity.rotate_session($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [
        hash,
        next.id,
        next.hash,
        next.sealed,
        next.graceSeconds,
        next.idleSeconds,
        next.absoluteSeconds,
        next.address,
        next.userAgent,
      ],
    );
    const row = rows[0];
    if (row === undefined || row.outcome === 'unknown') return { outcome: 'unknown' };
    const whose = { userId: row.user_id, family: row.family, tenantId: row.tenant_id };
    return row.outcome === 'repeated'
      ? { outcome: 'repeated', ...whose, sealed: row.sealed }
      : { outcome: row.outcome, ...whose };
  }

  /** The session goes on in another tenant. False when it has ended. */
  async move(userId: string, family: string, tenantId: string): Promise<boolean> {
    return await this.answer('SELECT identity.move_session($1, $2, $3) AS done', [
      userId,
      family,
      tenantId,
    ]);
  }

  /** Live sessions of a person, the last used first. */
  async of(userId: string): Promise<SessionRow[]> {
    return await this.call<SessionRow>(
      `SELECT family, tenant_id AS "tenantId", started_at AS "startedAt", last_used_at AS "lastUsedAt",
         expires_at AS "expiresAt", address, user_agent AS "userAgent" FROM identity.sessions_of($1)`,
      [userId],
    );
  }

  async end(userId: string, family: string): Promise<boolean> {
    return await this.answer('SELECT identity.end_session($1, $2) AS done', [userId, family]);
  }

  /** Ends every session of a person, and every access token at once. Returns how many sessions were live. */
  async endAll(userId: string): Promise<number> {
    const rows = await this.call<{ ended: number }>('SELECT identity.end_sessions($1) AS ended', [
      userId,
    ]);
    return rows[0]?.ended ?? 0;
  }

  /** Ends the session a refresh token belongs to; null when there was none, or it had ended. */
  async endOfToken(
    hash: Uint8Array,
  ): Promise<{ userId: string; family: string; tenantId: string } | null> {
    const rows = await this.call<{ userId: string; family: string; tenantId: string }>(
      `SELECT user_id AS "userId", family, tenant_id AS "tenantId" FROM identity.end_session_of_token($1)`,
      [hash],
    );
    return rows[0] ?? null;
  }

  private async answer(text: string, params: readonly unknown[]): Promise<boolean> {
    const rows = await this.call<{ done: boolean }>(text, params);
    return rows[0]?.done === true;
  }

  private async call<Row extends object>(text: string, params: readonly unknown[]): Promise<Row[]> {
    return await this.db.asSystem('identity', (tx) => tx.sql<Row>(text, params));
  }
}

/** Deletes sessions and links that ended long ago; for the worker's housekeeping. Returns the rows deleted. */
export async function purgeSessions(db: TenantDb, limit = 5000): Promise<number> {
  return await db.asSystem('maintenance', async (tx) => {
    const rows = await tx.sql<{ gone: number }>('SELECT identity.purge_sessions($1) AS gone', [
      limit,
    ]);
    return rows[0]?.gone ?? 0;
  });
}
