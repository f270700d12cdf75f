import type { Permission } from '@drm/contracts';
import { PATHS } from '../app.paths.ts';
import type { IconName } from '../ui/icon-paths.ts';

export interface NavigationItem {
  readonly label: string;
  readonly icon: IconName;
  readonly path: string;
  /** Absent: every signed-in person sees it. */
  readonly permission?: Permission;
}

export interface NavigationGroup {
  readonly label: string | null;
  readonly items: readonly NavigationItem[];
}

export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: null,
    items: [
      { label: 'Overview', icon: 'overview', path: PATHS.overview, permission: 'devices:read' },
      { label: 'Devices', icon: 'devices', path: PATHS.devices, permission: 'devices:read' },
      { label: 'Jobs', icon: 'jobs', path: PATHS.jobs, permission: 'jobs:read' },
    ],
  },
  {
    label: 'Administration',
    items: [
      { label: 'Users', icon: 'users', path: PATHS.users, permission: 'users:read' },
      { label: 'Roles', icon: 'role', path: PATHS.roles, permission: 'users:read' },
      { label: 'API keys', icon: 'key', path: PATHS.apiKeys, permission: 'api-keys:write' },
      { label: 'Audit', icon: 'audit', path: PATHS.audit, permission: 'audit:read' },
      { label: 'Settings', icon: 'settings', path: PATHS.settings },
    ],
  },
  {
    label: 'Platform',
    items: [{ label: 'Tenants', icon: 'tenant', path: PATHS.tenants, permission: 'tenants:admin' }],
  },
];

/** What the holder of these permissions can open. */
export const navigationFor = (can: (permission: Permission) => boolean): NavigationGroup[] =>
  NAVIGATION.map((group) => ({
    ...group,
    items: group.items.filter((item) => item.permission === undefined || can(item.permission)),
  })).filter((group) => group.items.length > 0);
