/** What the functions of schema `identity` return. */

export interface PersonRow {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  /** PHC string; null until a password was chosen. */
  readonly passwordHash: string | null;
  readonly status: 'invited' | 'active' | 'disabled';
  readonly platformAdmin: boolean;
  readonly sessionVersion: number;
}

export interface MembershipRow {
  readonly tenantId: string;
  readonly slug: string;
  readonly name: string;
  readonly tenantStatus: 'active' | 'suspended';
  readonly status: 'active' | 'disabled';
  readonly roleId: string;
  readonly permissions: readonly string[];
}

/** Everything that decides whether an access token still counts; member fields are null for a non-member. */
export interface SessionStateRow {
  readonly email: string;
  readonly displayName: string;
  readonly status: PersonRow['status'];
  readonly platformAdmin: boolean;
  readonly sessionVersion: number;
  readonly sessionLive: boolean;
  readonly tenantSlug: string;
  readonly tenantName: string;
  readonly tenantStatus: 'active' | 'suspended';
  readonly memberStatus: 'active' | 'disabled' | null;
  readonly roleId: string | null;
  readonly permissions: readonly string[] | null;
}

export interface ApiKeyRow {
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly tenantName: string;
  readonly tenantStatus: 'active' | 'suspended';
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole key. */
  readonly hash: Buffer;
  readonly permissions: readonly string[];
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface SessionRow {
  readonly family: string;
  readonly tenantId: string;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** `repeated`: the token before the newest, within the grace; `sealed` holds the successor it was given. */
export type Rotation =
  | { readonly outcome: 'unknown' }
  | {
      readonly outcome: 'rotated' | 'ended' | 'expired' | 'reused';
      readonly userId: string;
      readonly family: string;
      readonly tenantId: string;
    }
  | {
      readonly outcome: 'repeated';
      readonly userId: string;
      readonly family: string;
      readonly tenantId: string;
      readonly sealed: Buffer;
    };

export interface MemberRow {
  readonly userId: string;
  readonly email: string;
  readonly emailKey: string;
  readonly displayName: string;
  readonly status: PersonRow['status'];
  readonly roleId: string;
  readonly roleName: string;
  readonly permissions: readonly string[];
  readonly platformAdmin: boolean;
  readonly lastLoginAt: Date | null;
  readonly createdAt: Date;
  readonly version: number;
}

export interface LinkRow {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly purpose: 'invitation' | 'reset';
}
