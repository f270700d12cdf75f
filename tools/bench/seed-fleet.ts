import type { DataSource } from 'typeorm';

/** A fleet of one tenant, as `seedFleet` makes it. */
export interface Fleet {
  readonly tenantId: string;
  readonly devices: number;
}

const CHUNK = 50_000;

/**
 * Makes tenants and their devices by INSERT … SELECT generate_series, as the administrator. Kinds of devices differ in
 * name, vendor and protocol, so that names cluster by kind as they do in real fleets; contact times are spread over 60
 * days; tags are of every rarity (region 10 %, beta 1 %, lab 0.3 %, a site 0.02 %).
 */
export async function seedFleet(
  admin: DataSource,
  fleet: Fleet,
  index: number,
  log: (text: string) => void,
): Promise<void> {
  await admin.query('INSERT INTO drm.tenant (tenant_id, slug, name) VALUES ($1, $2, $2)', [
    fleet.tenantId,
    `bench-${index}`,
  ]);
  await admin.query('INSERT INTO drm.tenant_limit (tenant_id) VALUES ($1)', [fleet.tenantId]);
  for (let first = 1; first <= fleet.devices; first += CHUNK) {
    const last = Math.min(first + CHUNK - 1, fleet.devices);
    await admin.query(DEVICES, [fleet.tenantId, first, last]);
    log(`tenant ${index}: ${last} devices`);
  }
  await admin.query(ENDPOINTS, [fleet.tenantId]);
  await admin.query(TAGS, [fleet.tenantId]);
}

/** The trigram index is made after the rows: as an import of a whole fleet would do it. */
export const DROP_TRIGRAMS = 'DROP INDEX drm.device_search_trigram_idx';
export const CREATE_TRIGRAMS = `CREATE INDEX device_search_trigram_idx ON drm.device_search
  USING gin (tenant_id, folded ext.gin_trgm_ops) WITH (gin_pending_list_limit = 4096)`;

const DEVICES = `
  INSERT INTO drm.device (tenant_id, id, name, name_key, serial_number, serial_key, vendor, model, software_version,
    reachability, last_contact_at, tags, protocols, address, created_at)
  SELECT $1::uuid, id, name, name, serial, serial, vendor, model, '1.' || (h % 40), reach,
    CASE WHEN h % 50 = 7 THEN NULL ELSE now() - ((h / 7) % 5184000) * interval '1 second' END,
    array_remove(ARRAY['region-' || (h / 107 % 10), 'site-' || (h / 109 % 5000), CASE WHEN h / 101 % 100 = 3 THEN 'beta' END,
      CASE WHEN h / 103 % 1000 < 3 THEN 'lab' END], NULL),
    ARRAY[protocol], format('10.%s.%s.%s:161', (n / 65536) % 256, (n / 256) % 256, n % 256), made
  FROM (
    SELECT n, h, made, kind, protocol, serial, reach, vendor,
      kind || '-' || lpad((h % 997)::text, 3, '0') || '-' || lpad(n::text, 7, '0') AS name,
      kind || ' ' || (100 + h % 12) AS model,
      (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
        || '8' || substr(md5($1::text || n), 1, 15))::uuid AS id
    FROM (
      SELECT n, h, now() - (3000000 - n) * interval '20 seconds' AS made,
        (ARRAY['ap', 'gw', 'gw', 'gw', 'ont', 'ont', 'ont', 'sim', 'sim', 'ups'])[1 + (h / 13) % 10] AS kind,
        (ARRAY['snmp', 'cwmp', 'cwmp', 'cwmp', 'cwmp', 'cwmp', 'usp', 'snmp', 'snmp', 'snmp'])[1 + (h / 13) % 10] AS protocol,
        (ARRAY['Acme', 'Borealis', 'Cygnus', 'Dorado'])[1 + (h / 29) % 4] AS vendor,
        'SN' || upper(substr(md5('s' || n), 1, 14)) AS serial,
        CASE WHEN h % 5000 = 11 THEN 'unknown' WHEN h % 100 < 8 THEN 'unreachable' ELSE 'reachable' END AS reach
      FROM (SELECT n, hashint4(n) & 2147483647 AS h FROM generate_series($2::int, $3::int) n) numbers
    ) kinds
  ) named`;

const ENDPOINTS = `
  INSERT INTO drm.device_endpoint (tenant_id, id, device_id, protocol, name_key, address, credentials, secrets_set)
  SELECT tenant_id, gen_random_uuid(), id, protocols[1], name_key, address, '{"version":"2c"}', '{community}'
  FROM drm.device WHERE tenant_id = $1`;

const TAGS = `
  INSERT INTO drm.device_tag (tenant_id, device_id, tag, name_key)
  SELECT tenant_id, id, unnest(tags), name_key FROM drm.device WHERE tenant_id = $1`;
