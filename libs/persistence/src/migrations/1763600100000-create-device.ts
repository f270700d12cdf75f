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
 * Devices. `*_key` columns hold the form that is compared and sorted (leakproof operators only); a device that was
 * never contacted has the oldest `contact_key`. `tags`, `protocols` and `address` of a device are copies: a list shows
 * them and checks them row by row, while device_tag and device_endpoint find by them. Every filter of one kind has
 * an index that ends with the sort key; `name_key` is copied there for that. The trigram index sits on a table of its
 * own, so that a contact, which changes the device row, does not touch it. In it all but
 * a-z and 0-9 is folded to rare letters: so "10.12" is one word of known trigrams and not two short ones.
 */
export class CreateDevice1763600100000 implements MigrationInterface {
  readonly name = 'CreateDevice1763600100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA ext;

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
        more_addresses text,
        contact_key timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(last_contact_at, '-infinity')) STORED,
        search_text text NOT NULL GENERATED ALWAYS AS (
          lower(name || E'\\n' || coalesce(serial_number, '') || E'\\n' || coalesce(vendor, '') || E'\\n' ||
            coalesce(model, '') || E'\\n' || coalesce(address, '') || E'\\n' || coalesce(more_addresses, '') || E'\\n')) STORED,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version int NOT NULL DEFAULT 1,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT device_serial_key UNIQUE (tenant_id, serial_key)) WITH (fillfactor = 85);
      CREATE INDEX device_name_idx ON drm.device (tenant_id, name_key, id);
      CREATE INDEX device_contact_idx ON drm.device (tenant_id, contact_key, id);
      CREATE INDEX device_reach_name_idx ON drm.device (tenant_id, reachability, name_key, id);
      CREATE INDEX device_reach_contact_idx ON drm.device (tenant_id, reachability, contact_key, id);
      CREATE INDEX device_reach_id_idx ON drm.device (tenant_id, reachability, id);
      CREATE INDEX device_simulated_idx ON drm.device (tenant_id, id) WHERE simulated;

      CREATE TABLE drm.device_endpoint (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        device_id uuid NOT NULL,
        protocol text COLLATE "C" NOT NULL,
        name_key text COLLATE "C" NOT NULL DEFAULT '',
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
      CREATE INDEX device_endpoint_name_idx ON drm.device_endpoint (tenant_id, protocol, name_key, device_id);

      CREATE TABLE drm.device_tag (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        tag text COLLATE "C" NOT NULL,
        name_key text COLLATE "C" NOT NULL DEFAULT '',
        PRIMARY KEY (tenant_id, device_id, tag),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE);
      CREATE INDEX device_tag_name_idx ON drm.device_tag (tenant_id, tag, name_key, device_id);
      CREATE INDEX device_tag_id_idx ON drm.device_tag (tenant_id, tag, device_id);

      CREATE TABLE drm.device_search (
        tenant_id uuid NOT NULL,
        device_id uuid NOT NULL,
        folded text COLLATE "C" NOT NULL,
        name_key text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, device_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES drm.device (tenant_id, id) ON DELETE CASCADE);
      -- A search reads the list of pending entries through: 4 MB cost it some milliseconds, while shorter lists
      -- make imports twice as slow.
      CREATE INDEX device_search_trigram_idx ON drm.device_search
        USING gin (tenant_id, folded ext.gin_trgm_ops) WITH (gin_pending_list_limit = 4096);

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

      -- Input is lower case already. The usual separators become different rare letters.
      CREATE FUNCTION drm.fold(plain text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN regexp_replace(translate(plain, E'.-:_/ @\\n', 'qxzwkjvy'), '[^a-z0-9]', 'f', 'g');
      CREATE FUNCTION drm.device_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE drm.device_search SET folded = drm.fold(NEW.search_text)
            WHERE tenant_id = NEW.tenant_id AND device_id = NEW.id;
          RETURN NULL;
        END $$;
      CREATE FUNCTION drm.device_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE drm.device_tag SET name_key = NEW.name_key WHERE tenant_id = NEW.tenant_id AND device_id = NEW.id;
          UPDATE drm.device_search SET name_key = NEW.name_key WHERE tenant_id = NEW.tenant_id AND device_id = NEW.id;
          UPDATE drm.device_endpoint SET name_key = NEW.name_key WHERE tenant_id = NEW.tenant_id AND device_id = NEW.id;
          RETURN NULL;
        END $$;
      -- For writers that do not give the copy of the name themselves.
      CREATE FUNCTION drm.device_name_copied() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          SELECT name_key INTO NEW.name_key FROM drm.device WHERE tenant_id = NEW.tenant_id AND id = NEW.device_id;
          NEW.name_key := coalesce(NEW.name_key, '');
          RETURN NEW;
        END $$;
      CREATE FUNCTION drm.device_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO drm.device_lease (tenant_id, device_id) SELECT tenant_id, id FROM added;
          INSERT INTO drm.device_search (tenant_id, device_id, folded, name_key)
            SELECT tenant_id, id, drm.fold(search_text), name_key FROM added;
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
      ALTER FUNCTION drm.fold(text) OWNER TO app_owner;
      ALTER FUNCTION drm.device_text_changed() OWNER TO app_owner;
      ALTER FUNCTION drm.device_renamed() OWNER TO app_owner;
      ALTER FUNCTION drm.device_name_copied() OWNER TO app_owner;
      ALTER FUNCTION drm.device_added() OWNER TO app_owner;
      ALTER FUNCTION drm.device_removed() OWNER TO app_owner;
      CREATE TRIGGER device_added AFTER INSERT ON drm.device
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION drm.device_added();
      CREATE TRIGGER device_removed AFTER DELETE ON drm.device
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION drm.device_removed();
      CREATE TRIGGER device_text_changed
        AFTER UPDATE OF name, serial_number, vendor, model, address, more_addresses ON drm.device
        FOR EACH ROW WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text)
        EXECUTE FUNCTION drm.device_text_changed();
      CREATE TRIGGER device_renamed AFTER UPDATE OF name_key ON drm.device
        FOR EACH ROW WHEN (OLD.name_key <> NEW.name_key) EXECUTE FUNCTION drm.device_renamed();
      CREATE TRIGGER device_endpoint_name BEFORE INSERT ON drm.device_endpoint
        FOR EACH ROW WHEN (NEW.name_key = '') EXECUTE FUNCTION drm.device_name_copied();
      CREATE TRIGGER device_tag_name BEFORE INSERT ON drm.device_tag
        FOR EACH ROW WHEN (NEW.name_key = '') EXECUTE FUNCTION drm.device_name_copied();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE drm.device_lease, drm.device_params, drm.device_search, drm.device_tag, drm.device_endpoint, drm.device;
      DROP FUNCTION drm.device_added();
      DROP FUNCTION drm.device_removed();
      DROP FUNCTION drm.device_text_changed();
      DROP FUNCTION drm.device_renamed();
      DROP FUNCTION drm.device_name_copied();
      DROP FUNCTION drm.fold(text);
      DROP EXTENSION btree_gin;
    `);
  }
}
