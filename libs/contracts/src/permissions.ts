import * as z from 'zod';

/** What a route may require. `*:admin` includes nothing else: a role lists what it may do. */
export const PERMISSIONS = {
  'devices:read': 'See devices, their endpoints and values',
  'devices:write': 'Create, change, import and delete devices',
  'jobs:read': 'See jobs and executions',
  'jobs:run': 'Run operations on devices, cancel and retry jobs',
  'mib:read': 'See MIBs and data models',
  'mib:write': 'Upload and delete MIBs and data models',
  'users:read': 'See users and roles',
  'users:admin': 'Invite, change and disable users; manage roles',
  'api-keys:write': 'Create and revoke API keys',
  'audit:read': 'Read the audit log',
  'settings:write': 'Change settings of the tenant',
  'tenants:admin': 'Create, change, suspend and enter any tenant',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as [Permission, ...Permission[]];
export const Permission = z.enum(PERMISSION_NAMES).meta({ id: 'Permission' });

const READ: readonly Permission[] = ['devices:read', 'jobs:read', 'mib:read'];
const OPERATE: readonly Permission[] = [
  ...READ,
  'devices:write',
  'jobs:run',
  'users:read',
  'api-keys:write',
];
const TENANT_ADMIN: readonly Permission[] = PERMISSION_NAMES.filter(
  (name) => name !== 'tenants:admin',
);

/** Roles every tenant has. Their ids are the names; custom roles have UUIDs. */
export const BUILT_IN_ROLES = {
  viewer: { title: 'Viewer', permissions: READ },
  operator: { title: 'Operator', permissions: OPERATE },
  'tenant-admin': { title: 'Tenant administrator', permissions: TENANT_ADMIN },
  'platform-admin': { title: 'Platform administrator', permissions: PERMISSION_NAMES },
} as const satisfies Record<string, { title: string; permissions: readonly Permission[] }>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;
export const BUILT_IN_ROLE_NAMES = Object.keys(BUILT_IN_ROLES) as [BuiltInRole, ...BuiltInRole[]];
