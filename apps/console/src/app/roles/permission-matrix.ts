import { PERMISSION_NAMES, PERMISSIONS, type Permission } from '@drm/contracts';

/** Permissions of one area (`devices`, `jobs` …) in one row. */
export interface PermissionGroup {
  readonly area: string;
  readonly title: string;
  readonly permissions: readonly { readonly name: Permission; readonly description: string }[];
}

const TITLES: Readonly<Record<string, string>> = {
  devices: 'Devices',
  jobs: 'Jobs',
  mib: 'MIBs and data models',
  users: 'Users and roles',
  'api-keys': 'API keys',
  audit: 'Audit log',
  settings: 'Settings',
  tenants: 'Tenants (platform)',
};

const areaOf = (name: Permission): string => name.split(':')[0] ?? name;

/** Every permission, grouped by area in the order of the contract. */
export function permissionGroups(
  names: readonly Permission[] = PERMISSION_NAMES,
): PermissionGroup[] {
  const areas = [...new Set(names.map(areaOf))];
  return areas.map((area) => ({
    area,
    title: TITLES[area] ?? area,
    permissions: names
      .filter((name) => areaOf(name) === area)
      .map((name) => ({ name, description: PERMISSIONS[name] })),
  }));
}

/** To write or run something one must see it: ticking one ticks what it needs. */
const NEEDS: Partial<Record<Permission, readonly Permission[]>> = {
  'devices:write': ['devices:read'],
  'jobs:read': ['devices:read'],
  'jobs:run': ['jobs:read', 'devices:read'],
  'mib:write': ['mib:read'],
  'users:admin': ['users:read'],
};

export const neededBy = (name: Permission): readonly Permission[] => NEEDS[name] ?? [];

/** The set after a click; unticking also takes away what cannot be without it. */
export function togglePermission(
  chosen: ReadonlySet<Permission>,
  name: Permission,
): ReadonlySet<Permission> {
  const next = new Set(chosen);
  if (next.has(name)) {
    next.delete(name);
    for (const other of PERMISSION_NAMES) if (neededBy(other).includes(name)) next.delete(other);
  } else {
    next.add(name);
    for (const needed of neededBy(name)) next.add(needed);
  }
  return next;
}

/** Why a permission cannot be given, or null. Nobody gives away more than they have; platform rights are no tenant's. */
export function refusalReason(name: Permission, own: ReadonlySet<string>): string | null {
  if (name === 'tenants:admin') return 'Only the platform administrator role has this.';
  return own.has(name) ? null : 'You do not have this permission yourself.';
}

/** In the order of the contract, whatever the order of the clicks. */
export const inOrder = (chosen: ReadonlySet<Permission>): Permission[] =>
  PERMISSION_NAMES.filter((name) => chosen.has(name));
