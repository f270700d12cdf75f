import type { TenantTableOptions } from './tenant-table.ts';

/** Every table with `tenant_id`. The catalog test fails on a table that is neither here nor in GLOBAL_TABLES. */
export const TENANT_TABLES = {
  tenant: { engine: true, resolver: true },
  tenant_limit: { engine: true },
  tenant_key: {},
  membership: { resolver: true },
  role: { resolver: true },
  api_key: { resolver: true },
  setting: {},
  saved_view: {},
  device: { search: true },
  device_endpoint: { search: true },
  device_tag: {},
  device_search: { search: true },
  device_params: {},
  device_lease: { engine: true, gateway: true },
  job: { engine: true },
  job_target: { engine: true },
  job_progress: { engine: true, gateway: true },
  execution: { engine: true, gateway: true },
  execution_result: { engine: true, gateway: true },
  execution_event: { engine: true, gateway: true },
  effect: { engine: true, gateway: true },
  outbox: { engine: true, gateway: true },
  audit_event: { appendOnly: true, gateway: true },
} as const satisfies Record<string, TenantTableOptions>;

/** Tables without `tenant_id`, closed to the apps but for what their functions return. */
export const GLOBAL_TABLES = [
  'app_user',
  'refresh_token',
  'one_time_link',
  'runner',
  'cron_lease',
  'engine_epoch',
  'schema_migration',
] as const;

/** Unique keys that may cross tenants: a short name is chosen by platform administrators only. */
export const GLOBAL_UNIQUE_INDEXES = ['tenant_slug_key', 'api_key_prefix_key'] as const;
