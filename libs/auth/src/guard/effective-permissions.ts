import { BUILT_IN_ROLES, PERMISSIONS, type Permission } from '@drm/contracts';

const PLATFORM: Permission = 'tenants:admin';

const builtIn = (roleId: string): readonly Permission[] | undefined =>
  Object.hasOwn(BUILT_IN_ROLES, roleId)
    ? BUILT_IN_ROLES[roleId as keyof typeof BUILT_IN_ROLES].permissions
    : undefined;

/** What a role allows: built-in roles by this build, custom ones as stored. */
export const rolePermissions = (roleId: string, stored: readonly string[]): Permission[] => [
  ...(builtIn(roleId) ?? knownPermissions(stored)),
];

/** Names this build knows; a name that was taken away means nothing. */
export const knownPermissions = (stored: readonly string[]): Permission[] =>
  stored.filter((name): name is Permission => Object.hasOwn(PERMISSIONS, name));

/**
 * What a person may do in a tenant. `tenants:admin` comes from being a platform administrator and from no role, so
 * that no tenant can give it away.
 * @param roleId null for a platform administrator who entered without being a member
 */
export function effectivePermissions(
  roleId: string | null,
  stored: readonly string[] | null,
  isPlatformAdmin: boolean,
): ReadonlySet<Permission> {
  const granted = new Set(
    roleId === null
      ? BUILT_IN_ROLES['platform-admin'].permissions
      : rolePermissions(roleId, stored ?? []),
  );
  if (isPlatformAdmin) granted.add(PLATFORM);
  else granted.delete(PLATFORM);
  return granted;
}
