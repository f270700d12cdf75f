import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from '../tenancy/tenant-table.ts';
import { TENANT_TABLES } from '../tenancy/tables.ts';

/** Schemas, tenants, people, roles, keys, settings and the audit log. */
export class CreateTenancy1763600000000 implements MigrationInterface {
  readonly name = 'CreateTenancy1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      CREATE SCHEMA engine AUTHORIZATION app_engine;
      CREATE SCHEMA identity AUTHORIZATION app_resolver;
      CREATE SCHEMA search AUTHORIZATION app_search;
      CREATE SCHEMA maint AUTHORIZATION app_owner;
      CREATE SCHEMA ext;
      CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ext;
      ALTER SCHEMA drm OWNER TO app_owner;
      GRANT USAGE ON SCHEMA drm, engine, identity, search, maint, ext
        TO app_rw, app_worker, app_gateway, app_platform, app_engine, app_resolver, app_search, app_owner;

      CREATE TABLE drm.tenant (
        tenant_id uuid PRIMARY KEY,
        slug text COLLATE "C" NOT NULL CONSTRAINT tenant_slug_key UNIQUE,
        name text NOT NULL,
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version int NOT NULL DEFAULT 1);

      CREATE TABLE drm.tenant_limit (
        tenant_id uuid PRIMARY KEY REFERENCES drm.tenant (tenant_id),
        weight real NOT NULL DEFAULT 1 CHECK (weight > 0),
        max_devices int NOT NULL DEFAULT 2000000,
        max_open_jobs int NOT NULL DEFAULT 1000,
        max_inflight int NOT NULL DEFAULT 5000,
        interactive_cap int NOT NULL DEFAULT 8,
        suspended boolean NOT NULL DEFAULT false,
        devices int NOT NULL DEFAULT 0);

      CREATE TABLE drm.tenant_key (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        version smallint NOT NULL,
        kek_id text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, version));

      CREATE TABLE drm.app_user (
        id uuid PRIMARY KEY,
        email text NOT NULL,
        email_key text COLLATE "C" NOT NULL CONSTRAINT app_user_email_key UNIQUE,
        display_name text NOT NULL,
        password_hash text,
        status text NOT NULL DEFAULT 'invited' CHECK (status IN ('invited', 'active', 'disabled')),
        platform_admin boolean NOT NULL DEFAULT false,
        session_version int NOT NULL DEFAULT 1,
        last_login_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now());

      CREATE TABLE drm.role (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        built_in boolean NOT NULL DEFAULT false,
        permissions text[] NOT NULL,
        version int NOT NULL DEFAULT 1,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT role_name_key UNIQUE (tenant_id, name));

      CREATE TABLE drm.membership (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        user_id uuid NOT NULL REFERENCES drm.app_user (id),
        role_id text COLLATE "C" NOT NULL,
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
        created_at timestamptz NOT NULL DEFAULT now(),
        version int NOT NULL DEFAULT 1,
        PRIMARY KEY (tenant_id, user_id),
        FOREIGN KEY (tenant_id, role_id) REFERENCES drm.role (tenant_id, id));
      CREATE INDEX membership_user_idx ON drm.membership (user_id);
      CREATE INDEX membership_role_idx ON drm.membership (tenant_id, role_id);

      CREATE TABLE drm.refresh_token (
        id uuid PRIMARY KEY,
        family uuid NOT NULL,
        n int NOT NULL,
        user_id uuid NOT NULL REFERENCES drm.app_user (id),
        active_tenant uuid NOT NULL,
        hash bytea NOT NULL CONSTRAINT refresh_token_hash_key UNIQUE,
        issued_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        successor_sealed bytea,
        family_started_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        address text,
        user_agent text,
        UNIQUE (family, n));
      CREATE INDEX refresh_token_user_idx ON drm.refresh_token (user_id, family);

      CREATE TABLE drm.one_time_link (
        id uuid PRIMARY KEY,
        hash bytea NOT NULL CONSTRAINT one_time_link_hash_key UNIQUE,
        user_id uuid NOT NULL REFERENCES drm.app_user (id),
        purpose text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz);
      CREATE INDEX one_time_link_user_idx ON drm.one_time_link (user_id);

      CREATE TABLE drm.api_key (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id uuid NOT NULL,
        name text NOT NULL,
        prefix text COLLATE "C" NOT NULL CONSTRAINT api_key_prefix_key UNIQUE,
        hash bytea NOT NULL,
        permissions text[] NOT NULL,
        created_by uuid,
        created_by_name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (tenant_id, id));

      CREATE TABLE drm.setting (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        key text COLLATE "C" NOT NULL,
        value jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, key));

      CREATE TABLE drm.saved_view (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        list text NOT NULL,
        name text NOT NULL,
        query text NOT NULL,
        shared boolean NOT NULL DEFAULT false,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT saved_view_name_key UNIQUE (tenant_id, user_id, list, name));

      CREATE TABLE drm.audit_event (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system', 'anonymous')),
        actor_id uuid,
        actor_name text,
        action text COLLATE "C" NOT NULL,
        target_kind text,
        target_id text COLLATE "C",
        target_name text,
        outcome text NOT NULL CHECK (outcome IN ('success', 'refused', 'failure')),
        reason text,
        address text,
        correlation_id text,
        data jsonb NOT NULL DEFAULT '{}',
        PRIMARY KEY (tenant_id, id));
      CREATE INDEX audit_event_action_idx ON drm.audit_event (tenant_id, action, id);
      CREATE INDEX audit_event_target_idx ON drm.audit_event (tenant_id, target_id, id);
      CREATE INDEX audit_event_actor_idx ON drm.audit_event (tenant_id, actor_id, id);

      CREATE FUNCTION drm.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'The audit log is append-only' USING ERRCODE = '42501'; END $$;
      CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drm.audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION drm.refuse_change();

      ALTER TABLE drm.app_user OWNER TO app_owner;
      ALTER TABLE drm.refresh_token OWNER TO app_owner;
      ALTER TABLE drm.one_time_link OWNER TO app_owner;
      ALTER FUNCTION drm.refuse_change() OWNER TO app_owner;
      GRANT SELECT, INSERT, UPDATE, DELETE ON drm.app_user, drm.refresh_token, drm.one_time_link TO app_resolver;
      GRANT SELECT ON drm.schema_migration TO app_rw, app_worker, app_gateway;
      ${tables.map((name) => tenantTable(name, TENANT_TABLES[name])).join('\n')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE drm.audit_event, drm.saved_view, drm.setting, drm.api_key, drm.one_time_link, drm.refresh_token,
        drm.membership, drm.role, drm.app_user, drm.tenant_key, drm.tenant_limit, drm.tenant;
      DROP FUNCTION drm.refuse_change();
      DROP SCHEMA engine, identity, search, maint;
      DROP EXTENSION pg_trgm;
      DROP SCHEMA ext;
    `);
  }
}

const tables = [
  'tenant',
  'tenant_limit',
  'tenant_key',
  'role',
  'membership',
  'api_key',
  'setting',
  'saved_view',
  'audit_event',
] as const;
