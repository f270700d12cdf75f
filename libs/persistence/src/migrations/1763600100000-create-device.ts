import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from '../tenancy/tenant-table.ts';
import { TENANT_TABLES } from '../tenancy/tables.ts';

const tables = [
  'device',
  'device_endpoint',
  'device_tag',
  'device_search',
  'device_params',
  'device_lease',
] as const;

/**
 * Devices. `*_key` columns hold the normalised form that is compared (leakproof operators only); `tags`, `protocols`
 * and `address` of a device are copies for lists, never filtered by. The trigram index sits on a table of its own,
 * so that a contact, which changes the device row, does not touch it.
 */
export class CreateDevice1763600100000 implements MigrationInterface {
  readonly name = 'CreateDevice1763600100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE drm.device (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id uuid NOT NULL,
        name text NOT NULL,
        name_key text COLLATE "C" NOT NULL,
        serial_number text,
        serial_key text COLLATE "C",
        vendor text,
        model text,
        software_version text,
        object_id text,
        description text,
        reachability text NOT NULL DEFAULT 'unknown' CHECK (reachability IN ('unknown', 'reachable', 'unreachable')),
        last_contact_at timestamptz,
        simulated boolean NOT NULL DEFAULT false,
        tags text[] NOT NULL DEFAULT '{}',
        protocols text[] NOT NULL DEFAULT '{}',
        address text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version int NOT NULL DEFAULT 1,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT device_serial_key UNIQUE (tenant_id, serial_key)) WITH (fillfactor = 85);
      CREATE INDEX device_name_idx ON drm.device (tenant_id, name_key, id);
      CREATE INDEX device_contact_idx ON drm.device (tenant_id, last_contact_at, id);
      CREATE INDEX device_reach_name_idx ON drm.device (tenant_id, reachability, name_key, id);
      CREATE INDEX device_reach_contact_idx ON drm.device (tenant_id, reachability, last_contact_at, id);

      CREATE TABLE drm.device_endpoint (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        device_id uuid NOT NULL,
        protocol text COLLATE "C" NOT NULL,
        address text COLLATE "C" NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        settings jsonb NOT NULL DEFAULT '{}',
        credentials jsonb NOT NULL DEFAULT '{}',
        secrets_set text[] NOT NULL DEFAULT '{}',
        sealed bytea,
        state jsonb NOT NULL DEFAULT '{}',
        last_success_at timestamptz,
        last_error_code text,
        last_error_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT device_endpoint_key UNIQUE (tenant_id, device_id, protocol, address),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE) WITH (fillfactor = 85);
      CREATE INDEX device_endpoint_protocol_idx ON drm.device_endpoint (tenant_id, protocol, device_id);

      CREATE TABLE drm.device_tag (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        tag text COLLATE "C" NOT NULL,
        name_key text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, device_id, tag),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE);
      CREATE INDEX device_tag_name_idx ON drm.device_tag (tenant_id, tag, name_key, device_id);

      CREATE TABLE drm.device_search (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        document text NOT NULL,
        PRIMARY KEY (tenant_id, device_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE);
      CREATE INDEX device_search_trigram_idx ON drm.device_search USING gin (document ext.gin_trgm_ops);

      -- Last-known values, one row per device and chunk of paths; the shape is libs/domain parameter-chunk.
      CREATE TABLE drm.device_params (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        chunk text COLLATE "C" NOT NULL,
        params jsonb NOT NULL,
        collected_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, device_id, chunk),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE) WITH (fillfactor = 85);

      -- Who holds the device. Made with the device, outlives executions.
      CREATE TABLE drm.device_lease (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        fence bigint NOT NULL DEFAULT 0,
        holder text,
        until timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (tenant_id, device_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE)
        WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

      ${tables.map((name) => tenantTable(name, TENANT_TABLES[name])).join('\n')}

      CREATE FUNCTION drm.device_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO drm.device_lease (tenant_id, device_id) SELECT tenant_id, id FROM added;
          UPDATE drm.tenant_limit l SET devices = l.devices + n.count
            FROM (SELECT tenant_id, count(*)::int AS count FROM added GROUP BY tenant_id) n
            WHERE l.tenant_id = n.tenant_id;
          RETURN NULL;
        END $$;
      CREATE FUNCTION drm.device_removed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE drm.tenant_limit l SET devices = l.devices - n.count
            FROM (SELECT tenant_id, count(*)::int AS count FROM removed GROUP BY tenant_id) n
            WHERE l.tenant_id = n.tenant_id;
          RETURN NULL;
        END $$;
      ALTER FUNCTION drm.device_added() OWNER TO app_owner;
      ALTER FUNCTION drm.device_removed() OWNER TO app_owner;
      CREATE TRIGGER device_added AFTER INSERT ON drm.device
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION drm.device_added();
      CREATE TRIGGER device_removed AFTER DELETE ON drm.device
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION drm.device_removed();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE drm.device_lease, drm.device_params, drm.device_search, drm.device_tag, drm.device_endpoint, drm.device;
      DROP FUNCTION drm.device_added();
      DROP FUNCTION drm.device_removed();
    `);
  }
}
