/** Login roles of the processes. They own nothing and bypass nothing. */
export const APP_LOGINS = ['app_rw', 'app_worker', 'app_gateway', 'app_platform'] as const;
export type AppLogin = (typeof APP_LOGINS)[number];

/** Roles nobody logs in as: owners of the schema and of the definer functions. */
export const NOLOGIN_ROLES = ['app_owner', 'app_engine', 'app_search', 'app_resolver'] as const;

const SETTINGS: Readonly<Record<AppLogin, readonly string[]>> = {
  app_rw: ["statement_timeout = '5s'"],
  app_worker: ["statement_timeout = '30s'"],
  app_gateway: ["statement_timeout = '5s'"],
  app_platform: ["statement_timeout = '5s'", 'default_transaction_read_only = on'],
};

/** Fixed for every login: JIT costs more than it brings on short statements, and the path is never the caller's. */
const COMMON_SETTINGS = [
  "lock_timeout = '2s'",
  "idle_in_transaction_session_timeout = '10s'",
  'jit = off',
  'search_path = drm, engine, identity, pg_temp',
];

/** SQL that makes every role; may run again and again. Passwords are set apart, see `passwordSql`. */
export function rolesSql(): string {
  const create = (name: string, attributes: string): string =>
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
     ALTER ROLE ${name} ${attributes};`;
  return [
    ...NOLOGIN_ROLES.map((name) => create(name, 'NOLOGIN NOCREATEROLE NOCREATEDB')),
    ...APP_LOGINS.map((name) => create(name, 'LOGIN NOINHERIT NOCREATEROLE NOCREATEDB')),
    ...NOLOGIN_ROLES.map((name) => `ALTER ROLE ${name} SET jit = off;`),
    ...APP_LOGINS.flatMap((name) =>
      [...SETTINGS[name], ...COMMON_SETTINGS].map(
        (setting) => `ALTER ROLE ${name} SET ${setting};`,
      ),
    ),
  ].join('\n');
}

/** `ALTER ROLE … PASSWORD` takes no parameter, so the text is quoted as a literal. */
export const passwordSql = (role: AppLogin, password: string): string =>
  `ALTER ROLE ${role} PASSWORD '${password.replaceAll("'", "''")}'`;
