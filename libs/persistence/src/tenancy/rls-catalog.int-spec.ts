import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { APP_LOGINS, NOLOGIN_ROLES } from './roles.ts';
import { GLOBAL_TABLES, GLOBAL_UNIQUE_INDEXES, TENANT_TABLES } from './tables.ts';
import { policiesOf } from './tenant-table.ts';

let db: TestDatabase;
let admin: DataSource;
const rows = async <Row>(sql: string, params: unknown[] = []): Promise<Row[]> =>
  await admin.query<Row[]>(sql, params);

beforeAll(async () => {
  db = await TestDatabase.create();
  admin = await db.source('admin');
}, 60_000);
afterAll(() => db.drop());

describe('the catalog', () => {
  it('knows every table as a tenant table or as a global one', async () => {
    const found = await rows<{ name: string; tenant: boolean }>(
      `SELECT c.relname AS name, EXISTS (SELECT 1 FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS tenant
       FROM pg_class c WHERE c.relnamespace = 'drm'::regnamespace AND c.relkind IN ('r', 'p')`,
    );
    const tenant = found.filter((row) => row.tenant).map((row) => row.name);
    const global = found.filter((row) => !row.tenant).map((row) => row.name);
    expect(tenant.sort()).toEqual(Object.keys(TENANT_TABLES).sort());
    expect(global.sort()).toEqual([...GLOBAL_TABLES].sort());
  });

  it('enables and forces row-level security on every tenant table', async () => {
    await expect(
      rows(
        `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'drm'::regnamespace
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
      ),
    ).resolves.toEqual([]);
  });

  it.each(Object.entries(TENANT_TABLES))(
    'has the canonical policies and no other on %s',
    async (table, options) => {
      const found = await rows<{
        name: string;
        command: string;
        roles: string[];
        using: string;
        check: string | null;
      }>(
        `SELECT policyname AS name, cmd AS command, roles::text[] AS roles, qual AS using, with_check AS check
       FROM pg_policies WHERE schemaname = 'drm' AND tablename = $1 AND permissive = 'PERMISSIVE' ORDER BY policyname`,
        [table],
      );
      const all = await rows('SELECT 1 FROM pg_policies WHERE tablename = $1', [table]);
      expect(all).toHaveLength(found.length);
      const expected = [...policiesOf(options)].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(
        found.map(({ name, command, roles }) => ({ name, command, roles: [...roles].sort() })),
      ).toEqual(
        expected.map(({ name, command, roles }) => ({ name, command, roles: [...roles].sort() })),
      );
      expect(found.map((policy) => plain(policy.using))).toEqual(
        expected.map((policy) => plain(policy.using)),
      );
      expect(found.map((policy) => policy.check && plain(policy.check))).toEqual(
        expected.map((policy) => policy.check && plain(policy.check)),
      );
    },
  );

  it('leads every primary, unique and foreign key of a tenant table with the tenant', async () => {
    const found = await rows<{ name: string }>(
      `SELECT conname AS name FROM pg_constraint JOIN pg_attribute t
         ON t.attrelid = conrelid AND t.attname = 'tenant_id'
       WHERE contype IN ('p', 'u', 'f') AND conkey[1] <> t.attnum AND connamespace = 'drm'::regnamespace`,
    );
    // A membership points at a person, who is global: that key cannot begin with a tenant.
    const allowed = [...GLOBAL_UNIQUE_INDEXES, 'membership_user_id_fkey'];
    expect(
      found.map((row) => row.name).filter((name) => !(allowed as string[]).includes(name)),
    ).toEqual([]);
  });

  it('leads every unique index of a tenant table with the tenant', async () => {
    const found = await rows<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_attribute t
         ON t.attrelid = i.indrelid AND t.attname = 'tenant_id'
       JOIN pg_class c ON c.oid = i.indrelid
       WHERE i.indisunique AND i.indkey[0] <> t.attnum AND c.relnamespace = 'drm'::regnamespace`,
    );
    const known: readonly string[] = GLOBAL_UNIQUE_INDEXES;
    expect(
      found.map((row) => row.name.replace('drm.', '')).filter((name) => !known.includes(name)),
    ).toEqual([]);
  });

  it('gives no app role power over the server, ownership or TRUNCATE', async () => {
    const roles = [...APP_LOGINS, ...NOLOGIN_ROLES];
    await expect(
      rows(
        `SELECT rolname FROM pg_roles WHERE rolname = ANY($1)
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
        [roles],
      ),
    ).resolves.toEqual([]);
    await expect(
      rows(
        `SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
         WHERE c.relnamespace = 'drm'::regnamespace AND r.rolname = ANY($1)`,
        [[...APP_LOGINS]],
      ),
    ).resolves.toEqual([]);
    await expect(
      rows(
        `SELECT grantee, table_name FROM information_schema.role_table_grants
         WHERE table_schema = 'drm' AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') AND grantee = ANY($1)`,
        [[...APP_LOGINS]],
      ),
    ).resolves.toEqual([]);
  });

  it('fixes the search path of every definer function and lets the public call none', async () => {
    await expect(
      rows(
        `SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('drm', 'engine', 'identity', 'search', 'maint') AND p.prosecdef
           AND NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%search_path=%', false)`,
      ),
    ).resolves.toEqual([]);
    await expect(
      rows(
        `SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('drm', 'engine', 'identity', 'search', 'maint') AND p.prosecdef
           AND (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) a WHERE a.grantee = 0))`,
      ),
    ).resolves.toEqual([]);
  });

  it('keeps the audit log append-only even for its owner', async () => {
    const tenant = await db.aTenant();
    await admin.query(
      `INSERT INTO drm.audit_event (tenant_id, id, actor_kind, action, outcome)
       VALUES ($1, gen_random_uuid(), 'system', 'test.line', 'success')`,
      [tenant.id],
    );
    await expect(admin.query('UPDATE drm.audit_event SET action = $1', ['x'])).rejects.toThrow(
      /append-only/,
    );
    await expect(admin.query('DELETE FROM drm.audit_event')).rejects.toThrow(/append-only/);
    await expect(admin.query('TRUNCATE drm.audit_event')).rejects.toThrow(/append-only/);
  });
});

/** Policy text as the catalog prints it and as we write it differ in casts, aliases, brackets and spaces. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/::text|as "?(nullif|current_setting)"?/g, '')
    .replace(/[\s()]/g, '');
