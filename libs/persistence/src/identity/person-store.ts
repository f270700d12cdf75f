import type { TenantDb } from '../tenancy/tenant-db.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import type { ApiKeyRow, LinkRow, MemberRow, MembershipRow, PersonRow } from './identity-rows.ts';

const PERSON = `user_id AS "userId", email, display_name AS "displayName", password_hash AS "passwordHash", status,
  platform_admin AS "platformAdmin", session_version AS "sessionVersion"`;

/** Upper and lower case and the width of letters do not make two people out of one address. */
export const emailKey = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

/** People, their memberships and API keys before a tenant is known. */
export class PersonStore {
  constructor(private readonly db: TenantDb) {}

  async byEmail(email: string): Promise<PersonRow | null> {
    const rows = await this.call<PersonRow>(`SELECT ${PERSON} FROM identity.resolve_login($1)`, [
      emailKey(email),
    ]);
    return rows[0] ?? null;
  }

  async byId(userId: string): Promise<PersonRow | null> {
    const rows = await this.call<PersonRow>(`SELECT ${PERSON} FROM identity.resolve_person($1)`, [
      userId,
    ]);
    return rows[0] ?? null;
  }

  /** By name of the tenant; disabled memberships and suspended tenants are in it. */
  async memberships(userId: string): Promise<MembershipRow[]> {
    return await this.call<MembershipRow>(
      `SELECT tenant_id AS "tenantId", slug, name, tenant_status AS "tenantStatus", status, role_id AS "roleId",
         permissions FROM identity.memberships_of($1)`,
      [userId],
    );
  }

  async apiKey(prefix: string): Promise<ApiKeyRow | null> {
    const rows = await this.call<ApiKeyRow>(
      `SELECT tenant_id AS "tenantId", tenant_slug AS "tenantSlug", tenant_name AS "tenantName",
         tenant_status AS "tenantStatus", id, name, hash, permissions, expires_at AS "expiresAt",
         revoked_at AS "revokedAt", last_used_at AS "lastUsedAt" FROM identity.resolve_api_key($1)`,
      [prefix],
    );
    return rows[0] ?? null;
  }

  /** Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile. */
  async upgradePassword(userId: string, oldHash: string, newHash: string): Promise<void> {
    await this.call('SELECT identity.upgrade_password($1, $2, $3)', [userId, oldHash, newHash]);
  }

  /** Sets a password; ends every session but one, and every one-time link. */
  async setPassword(userId: string, hash: string, keepFamily: string | null): Promise<void> {
    await this.call('SELECT identity.set_password($1, $2, $3)', [userId, hash, keepFamily]);
  }

  /** Null when the link is unknown, used or too old. */
  async link(hash: Uint8Array): Promise<LinkRow | null> {
    const rows = await this.call<LinkRow>(
      'SELECT user_id AS "userId", email, display_name AS "displayName", purpose FROM identity.resolve_link($1)',
      [hash],
    );
    return rows[0] ?? null;
  }

  /** Spends a link: sets the password and activates the person. Null when somebody was faster. */
  async consumeLink(
    hash: Uint8Array,
    passwordHash: string,
    displayName: string | null,
  ): Promise<{ userId: string; purpose: LinkRow['purpose'] } | null> {
    const rows = await this.call<{ userId: string; purpose: LinkRow['purpose'] }>(
      'SELECT user_id AS "userId", purpose FROM identity.consume_link($1, $2, $3)',
      [hash, passwordHash, displayName],
    );
    return rows[0] ?? null;
  }

  private async call<Row extends object>(text: string, params: readonly unknown[]): Promise<Row[]> {
    return await this.db.asSystem('identity', (tx) => tx.sql<Row>(text, params));
  }
}

export interface MemberFilter {
  readonly userId?: string | undefined;
  readonly query?: string | undefined;
  readonly status?: string | undefined;
  /** `emailKey` of the last member of the page before. */
  readonly after?: string | null;
  readonly limit: number;
}

/** Members of the transaction's tenant, by e-mail address. @throws in a transaction without a tenant */
export async function members(tx: TenantTx, filter: MemberFilter): Promise<MemberRow[]> {
  return await tx.sql<MemberRow>(
    `SELECT user_id AS "userId", email, email_key AS "emailKey", display_name AS "displayName", status,
       role_id AS "roleId", role_name AS "roleName", permissions, platform_admin AS "platformAdmin",
       last_login_at AS "lastLoginAt", created_at AS "createdAt", version
     FROM identity.members($1, $2, $3, $4, $5)`,
    [
      filter.userId ?? null,
      filter.query ?? null,
      filter.status ?? null,
      filter.after ?? null,
      filter.limit,
    ],
  );
}

/** Makes the person unless the address is known; the membership is the caller's to add. */
export async function createPerson(
  tx: TenantTx,
  person: { readonly id: string; readonly email: string; readonly displayName: string },
): Promise<{ userId: string; status: PersonRow['status']; isNew: boolean }> {
  const rows = await tx.sql<{ userId: string; status: PersonRow['status']; isNew: boolean }>(
    `SELECT user_id AS "userId", status, is_new AS "isNew" FROM identity.create_person($1, $2, $3, $4)`,
    [person.id, person.email.trim(), emailKey(person.email), person.displayName],
  );
  const made = rows[0];
  if (made === undefined) throw new Error('create_person returned nothing');
  return made;
}

export interface NewLink {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly userId: string;
  readonly purpose: LinkRow['purpose'];
  readonly lifeSeconds: number;
  /** A platform administrator may make links for people of several tenants. */
  readonly byPlatform: boolean;
}

/**
 * Makes a one-time link for a member; older ones of that person die. Null when the tenant may not have one: the person
 * belongs to another tenant as well, or administers the platform.
 */
export async function createLink(tx: TenantTx, link: NewLink): Promise<Date | null> {
  const rows = await tx.sql<{ until: Date | null }>(
    'SELECT identity.create_link($1, $2, $3, $4, $5, $6) AS until',
    [link.id, link.hash, link.userId, link.purpose, link.lifeSeconds, link.byPlatform],
  );
  return rows[0]?.until ?? null;
}

/** False when the person is no member here, or is the last platform administrator. */
export async function setPlatformAdmin(
  tx: TenantTx,
  userId: string,
  value: boolean,
): Promise<boolean> {
  const rows = await tx.sql<{ done: boolean }>(
    'SELECT identity.set_platform_admin($1, $2) AS done',
    [userId, value],
  );
  return rows[0]?.done === true;
}
