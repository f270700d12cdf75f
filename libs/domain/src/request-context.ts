import type { Permission } from '@drm/contracts';

/** Who asks, for which tenant. First argument of every use-case; comes only from a verified token or key. */
export interface RequestContext {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
  readonly correlationId: string;
  /** The caller's network address, for the audit log. */
  readonly address: string | null;
}

export interface Actor {
  readonly kind: 'user' | 'api_key' | 'system';
  readonly id: string | null;
  readonly name: string;
}
