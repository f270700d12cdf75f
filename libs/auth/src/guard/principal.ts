import type { Permission } from '@drm/contracts';
import { DomainError, type Actor } from '@drm/domain';
import type { ApiKeyRow, SessionStateRow } from '@drm/persistence';
import type { AccessClaims } from '../tokens/access-tokens.ts';
import { effectivePermissions, knownPermissions } from './effective-permissions.ts';

/** Who a credential stands for, as the database had it a moment ago. */
export interface Principal {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
  readonly sessionId: string | null;
}

/** @throws DomainError `auth.required` | `tenant.suspended` */
export function principalOfSession(claims: AccessClaims, state: SessionStateRow | null): Principal {
  const isGone =
    state === null ||
    state.status !== 'active' ||
    !state.sessionLive ||
    state.sessionVersion !== claims.sv;
  if (isGone) throw new DomainError('auth.required');
  const isMember = state.memberStatus === 'active';
  if (!isMember && !state.platformAdmin) throw new DomainError('auth.required');
  // Platform administrators get in all the same: they are the ones who lift a suspension.
  if (state.tenantStatus === 'suspended' && !state.platformAdmin)
    throw new DomainError('tenant.suspended');
  return {
    tenantId: claims.tid,
    actor: { kind: 'user', id: claims.sub, name: state.email },
    permissions: effectivePermissions(
      isMember ? state.roleId : null,
      state.permissions,
      state.platformAdmin,
    ),
    sessionId: claims.sid,
  };
}

/** @throws DomainError `auth.required` | `tenant.suspended` */
export function principalOfApiKey(row: ApiKeyRow, nowMs: number): Principal {
  if (row.revokedAt !== null || row.expiresAt.getTime() <= nowMs)
    throw new DomainError('auth.required');
  if (row.tenantStatus === 'suspended') throw new DomainError('tenant.suspended');
  return {
    tenantId: row.tenantId,
    actor: { kind: 'api_key', id: row.id, name: row.name },
    permissions: new Set(knownPermissions(row.permissions)),
    sessionId: null,
  };
}
