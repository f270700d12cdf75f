import type { Permission } from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';

/** Nobody gives, or takes power over, more than they have themselves. */
export function assertWithin(
  ctx: RequestContext,
  permissions: readonly Permission[],
  detail: string,
): void {
  const missing = permissions.filter((permission) => !ctx.permissions.has(permission));
  if (missing.length > 0)
    throw new DomainError('permission.denied', `${detail} (${missing.join(', ')})`);
}

/** Only people act for the platform: an API key belongs to one tenant. */
export const isPlatformAdmin = (ctx: RequestContext): boolean =>
  ctx.actor.kind === 'user' && ctx.permissions.has('tenants:admin');
