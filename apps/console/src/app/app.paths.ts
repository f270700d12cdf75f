/** Addresses of the console's pages, without the tenant prefix: `TenantLocation` adds it. */
export const PATHS = {
  overview: '/',
  devices: '/devices',
  jobs: '/jobs',
  users: '/users',
  roles: '/roles',
  apiKeys: '/api-keys',
  audit: '/audit',
  settings: '/settings',
  tenants: '/tenants',
  login: '/login',
} as const;

export const devicePath = (id: string, tab?: string): readonly string[] =>
  tab === undefined ? [PATHS.devices, id] : [PATHS.devices, id, tab];

export const jobPath = (id: string): readonly string[] => [PATHS.jobs, id];
