/** Which definer functions read a table besides its tenant. */
export interface TenantTableOptions {
  /** The job engine works on it across tenants. */
  readonly engine?: boolean;
  /** `search_*` functions read it. */
  readonly search?: boolean;
  /** Identity look-ups read it before a tenant is known. */
  readonly resolver?: boolean;
  /** Rows are only added and read; nobody changes them. */
  readonly appendOnly?: boolean;
  /** The gateway's devices write it. */
  readonly gateway?: boolean;
}

// (SELECT …) is evaluated once a statement; nullif because a finished transaction leaves '' and not NULL.
const OWN = `tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)`;
const PLATFORM = `(SELECT current_setting('app.platform_reason', true)) <> ''`;

/**
 * The one place that writes row-level security. Renders ENABLE, FORCE, the canonical policies and the grants of a
 * table with `tenant_id`. The catalog test compares the database with `policiesOf`.
 */
export function tenantTable(name: string, options: TenantTableOptions = {}): string {
  const table = `drm.${name}`;
  const verbs = options.appendOnly === true ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE';
  return [
    `ALTER TABLE ${table} OWNER TO app_owner;`,
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`,
    ...policiesOf(options).map(
      (policy) =>
        `CREATE POLICY ${policy.name} ON ${table} AS PERMISSIVE FOR ${policy.command} TO ${policy.roles.join(', ')}
           USING (${policy.using})${policy.check === null ? '' : ` WITH CHECK (${policy.check})`};`,
    ),
    `GRANT ${verbs} ON ${table} TO app_rw, app_worker;`,
    `GRANT ${options.gateway === true ? verbs : 'SELECT'} ON ${table} TO app_gateway;`,
    `GRANT SELECT ON ${table} TO app_platform;`,
    options.engine === true
      ? `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO app_engine;`
      : '',
    options.search === true ? `GRANT SELECT ON ${table} TO app_search;` : '',
    options.resolver === true ? `GRANT SELECT ON ${table} TO app_resolver;` : '',
  ].join('\n');
}

export interface Policy {
  readonly name: string;
  readonly command: 'ALL' | 'SELECT';
  readonly roles: readonly string[];
  readonly using: string;
  readonly check: string | null;
}

/** The canonical policies of a table; any other policy in the catalog is a fault. */
export function policiesOf(options: TenantTableOptions): readonly Policy[] {
  const policies: Policy[] = [
    {
      name: 'tenant',
      command: 'ALL',
      roles: ['app_rw', 'app_worker', 'app_gateway', 'app_owner'],
      using: OWN,
      check: OWN,
    },
    {
      name: 'platform_ro',
      command: 'SELECT',
      roles: ['app_platform'],
      using: PLATFORM,
      check: null,
    },
  ];
  if (options.engine === true) {
    policies.push({
      name: 'engine_all',
      command: 'ALL',
      roles: ['app_engine'],
      using: 'true',
      check: 'true',
    });
  }
  if (options.search === true) {
    policies.push({
      name: 'search_ro',
      command: 'SELECT',
      roles: ['app_search'],
      using: 'true',
      check: null,
    });
  }
  if (options.resolver === true) {
    policies.push({
      name: 'resolver_ro',
      command: 'SELECT',
      roles: ['app_resolver'],
      using: 'true',
      check: null,
    });
  }
  return policies;
}
