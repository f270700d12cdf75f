import type { Device, JsonValue } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { UNIQUE_VIOLATION, sqlState, violatedConstraint } from '../tenancy/sqlstate.ts';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { toDevice, type DeviceRow } from './device-rows.ts';

/** An endpoint to be stored: checked, its secrets sealed for its own id. */
export interface NewEndpoint {
  readonly id: string;
  readonly protocol: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, JsonValue>>;
  /** Fields that are no secrets. */
  readonly credentials: Readonly<Record<string, JsonValue>>;
  readonly secretsSet: readonly string[];
  readonly sealed: Buffer | null;
}

export interface NewDevice {
  readonly id: string;
  readonly name: string;
  readonly serialNumber?: string | null | undefined;
  readonly vendor?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly simulated?: boolean;
  readonly tags: readonly string[];
  readonly endpoints: readonly NewEndpoint[];
}

/** Fields that are absent stay; null clears. */
export interface DeviceChanges {
  readonly name?: string | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly vendor?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** The hot read: device, tags and endpoints in one statement. `$1` tenant, `$2` device. */
export const DEVICE_SQL = `
  SELECT d.id, d.name, d.serial_number, d.vendor, d.model, d.software_version, d.reachability, d.last_contact_at,
    d.simulated, d.tags, d.protocols, d.address, d.created_at, d.description, d.updated_at, d.version,
    coalesce((SELECT json_agg(json_build_object('id', e.id, 'protocol', e.protocol, 'address', e.address,
        'enabled', e.enabled, 'settings', e.settings, 'credentials', e.credentials, 'secretsSet', e.secrets_set,
        'lastSuccessAt', (extract(epoch FROM e.last_success_at) * 1000)::float8,
        'lastErrorCode', e.last_error_code,
        'lastErrorAt', (extract(epoch FROM e.last_error_at) * 1000)::float8) ORDER BY e.created_at, e.id)
      FROM drm.device_endpoint e WHERE e.tenant_id = $1 AND e.device_id = d.id), '[]'::json) AS endpoints
  FROM drm.device d WHERE d.tenant_id = $1 AND d.id = $2`;

const CHANGEABLE = {
  name: 'name',
  serialNumber: 'serial_number',
  vendor: 'vendor',
  model: 'model',
  description: 'description',
  tags: 'tags',
} as const;

/** Serial numbers are compared without case and outer blanks. */
export const serialKey = (serialNumber: string): string => serialNumber.trim().toUpperCase();

/** Devices with their tags and the copies a device row keeps of its endpoints. */
export class DeviceRepository {
  /** One trip outside any transaction. */
  async read(db: TenantDb, tenantId: string, id: string): Promise<Device | null> {
    const [row] = await db.read<DeviceRow>(tenantId, DEVICE_SQL, [tenantId, id]);
    return row === undefined ? null : toDevice(row);
  }

  /** @throws DomainError `device.not_found` */
  async get(tx: TenantTx, id: string): Promise<Device> {
    const [row] = await tx.sql<DeviceRow>(DEVICE_SQL, [tx.tenantId, id]);
    if (row === undefined) throw new DomainError('device.not_found');
    return toDevice(row);
  }

  /**
   * Adds devices with endpoints and tags in three statements, however many there are (at most 1,000 at a time).
   * @throws DomainError `device.duplicate` | `endpoint.duplicate`; then nothing was added
   */
  async insert(tx: TenantTx, devices: readonly NewDevice[]): Promise<void> {
    if (devices.length === 0) return;
    await uniquely(() =>
      tx.sql(INSERT_DEVICES, [tx.tenantId, JSON.stringify(devices.map(toRecord))]),
    );
    await this.insertEndpoints(
      tx,
      devices.flatMap((device) =>
        device.endpoints.map((endpoint, position) => ({ deviceId: device.id, endpoint, position })),
      ),
    );
    await this.insertTags(
      tx,
      devices.filter((device) => device.tags.length > 0),
    );
  }

  /**
   * Changes a device of this very version.
   * @throws DomainError `device.not_found` | `device.changed` | `device.duplicate`
   */
  async update(tx: TenantTx, id: string, version: number, changes: DeviceChanges): Promise<void> {
    const params: unknown[] = [tx.tenantId, id, version];
    const sets = ['version = version + 1', 'updated_at = now()'];
    for (const [field, column] of Object.entries(CHANGEABLE)) {
      const value = changes[field as keyof typeof CHANGEABLE];
      if (value === undefined) continue;
      params.push(value);
      sets.push(`${column} = $${params.length}`);
      if (field === 'name') sets.push(`name_key = lower($${params.length})`);
      if (field === 'serialNumber') {
        params.push(value === null ? null : serialKey(String(value)));
        sets.push(`serial_key = $${params.length}`);
      }
    }
    const touched = await uniquely(() =>
      tx.execute(
        `UPDATE drm.device SET ${sets.join(', ')} WHERE tenant_id = $1 AND id = $2 AND version = $3`,
        params,
      ),
    );
    if (touched === 0) await this.refuse(tx, id);
    if (changes.tags !== undefined) await this.replaceTags(tx, id, changes.tags);
  }

  /** @param version null: whatever it is. @throws DomainError `device.not_found` | `device.changed` */
  async remove(tx: TenantTx, id: string, version: number | null): Promise<void> {
    const touched = await tx.execute(
      'DELETE FROM drm.device WHERE tenant_id = $1 AND id = $2 AND ($3::int IS NULL OR version = $3)',
      [tx.tenantId, id, version],
    );
    if (touched === 0) await this.refuse(tx, id);
  }

  /**
   * After its endpoints changed: renews the copies on the device row and makes a new version of the device.
   * @param version null: whatever it is
   * @throws DomainError `device.not_found` | `device.changed`
   */
  async endpointsChanged(tx: TenantTx, id: string, version: number | null): Promise<void> {
    const touched = await tx.execute(
      `${COPY_ENDPOINTS} AND d.id = $2 AND ($3::int IS NULL OR d.version = $3)`,
      [tx.tenantId, id, version],
    );
    if (touched === 0) await this.refuse(tx, id);
  }

  /**
   * Locks the tenant's counter until the transaction ends, so that two creations cannot both take the last place.
   * @throws DomainError `quota.exceeded` when fewer than `wanted` places are left
   */
  async reserve(tx: TenantTx, wanted: number): Promise<void> {
    const left = await this.placesLeft(tx);
    if (left.free < wanted) {
      throw new DomainError('quota.exceeded', `The tenant may have ${left.max} devices.`);
    }
  }

  /** How many devices may still be added; locks as `reserve` does. */
  async placesLeft(tx: TenantTx): Promise<{ readonly free: number; readonly max: number }> {
    const [limit] = await tx.sql<{ devices: number; max_devices: number }>(
      'SELECT devices, max_devices FROM drm.tenant_limit WHERE tenant_id = $1 FOR UPDATE',
      [tx.tenantId],
    );
    const max = limit?.max_devices ?? 0;
    return { free: max - (limit?.devices ?? 0), max };
  }

  /** Adds endpoints; `position` keeps the order they were given in. */
  async insertEndpoints(
    tx: TenantTx,
    endpoints: readonly { deviceId: string; endpoint: NewEndpoint; position: number }[],
  ): Promise<void> {
    if (endpoints.length === 0) return;
    const records = endpoints.map(({ deviceId, endpoint, position }) => ({
      ...endpoint,
      deviceId,
      position,
      sealed: endpoint.sealed === null ? null : `\\x${endpoint.sealed.toString('hex')}`,
    }));
    await uniquely(() => tx.sql(INSERT_ENDPOINTS, [tx.tenantId, JSON.stringify(records)]));
  }

  private async replaceTags(tx: TenantTx, id: string, tags: readonly string[]): Promise<void> {
    await tx.sql(
      'DELETE FROM drm.device_tag WHERE tenant_id = $1 AND device_id = $2 AND tag <> ALL ($3::text[])',
      [tx.tenantId, id, tags],
    );
    await this.insertTags(tx, [{ id, tags }]);
  }

  /** Adds tags that the devices do not have yet. */
  async insertTags(
    tx: TenantTx,
    devices: readonly { readonly id: string; readonly tags: readonly string[] }[],
  ): Promise<void> {
    const pairs = devices.flatMap(({ id, tags }) => tags.map((tag) => ({ id, tag })));
    if (pairs.length === 0) return;
    await tx.sql(
      `INSERT INTO drm.device_tag (tenant_id, device_id, tag, name_key)
       SELECT $1, d.id, t.tag, d.name_key FROM unnest($2::uuid[], $3::text[]) AS t (id, tag)
         JOIN drm.device d ON d.tenant_id = $1 AND d.id = t.id
       ON CONFLICT DO NOTHING`,
      [tx.tenantId, pairs.map((pair) => pair.id), pairs.map((pair) => pair.tag)],
    );
  }

  /** Descriptions of many devices, by id; lists do not carry them. */
  async descriptions(tx: TenantTx, ids: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await tx.sql<{ id: string; description: string | null }>(
      `SELECT d.id, d.description FROM unnest($2::uuid[]) AS w (id) CROSS JOIN LATERAL (
         SELECT * FROM drm.device d WHERE d.tenant_id = $1 AND d.id = w.id OFFSET 0) d`,
      [tx.tenantId, ids],
    );
    return new Map(rows.map((row) => [row.id, row.description]));
  }

  /** Tells apart why nothing was touched. */
  private async refuse(tx: TenantTx, id: string): Promise<never> {
    const found = await tx.sql('SELECT 1 FROM drm.device WHERE tenant_id = $1 AND id = $2', [
      tx.tenantId,
      id,
    ]);
    throw found.length === 0
      ? new DomainError('device.not_found')
      : new DomainError('device.changed', 'Read the device again and repeat the change.');
  }
}

const toRecord = (device: NewDevice): object => ({
  ...device,
  endpoints: undefined,
  serialKey: device.serialNumber == null ? null : serialKey(device.serialNumber),
  simulated: device.simulated ?? false,
  protocols: [...new Set(device.endpoints.map((endpoint) => endpoint.protocol))],
  address: device.endpoints[0]?.address ?? null,
  moreAddresses:
    device.endpoints.length < 2
      ? null
      : device.endpoints
          .slice(1)
          .map((endpoint) => endpoint.address)
          .join('\n'),
});

/** Turns a broken unique key of this aggregate into its code. */
export async function uniquely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) {
      const constraint = violatedConstraint(error);
      if (constraint === 'device_serial_key')
        throw new DomainError('device.duplicate', undefined, { cause: error });
      if (constraint === 'device_endpoint_key')
        throw new DomainError('endpoint.duplicate', undefined, { cause: error });
    }
    throw error;
  }
}

const INSERT_DEVICES = `
  INSERT INTO drm.device (tenant_id, id, name, name_key, serial_number, serial_key, vendor, model, description,
    simulated, tags, protocols, address, more_addresses)
  SELECT $1, r.id, r.name, lower(r.name), r."serialNumber", r."serialKey", r.vendor, r.model, r.description,
    r.simulated, r.tags, r.protocols, r.address, r."moreAddresses"
  FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, name text, "serialNumber" text, "serialKey" text, vendor text,
    model text, description text, simulated boolean, tags text[], protocols text[], address text, "moreAddresses" text)`;

// A microsecond apart, so that endpoints made together keep their order.
const INSERT_ENDPOINTS = `
  INSERT INTO drm.device_endpoint (tenant_id, id, device_id, protocol, name_key, address, enabled, settings,
    credentials, secrets_set, sealed, created_at)
  SELECT $1, r.id, r."deviceId", r.protocol, d.name_key, r.address, r.enabled, r.settings, r.credentials,
    r."secretsSet", r.sealed, clock_timestamp() + r.position * interval '1 microsecond'
  FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, "deviceId" uuid, protocol text, address text, enabled boolean,
    settings jsonb, credentials jsonb, "secretsSet" text[], sealed bytea, position int)
  JOIN drm.device d ON d.tenant_id = $1 AND d.id = r."deviceId"`;

/** Renews the copies of endpoints on device rows `d`; the caller adds which. `$1` tenant. */
export const COPY_ENDPOINTS = `
  UPDATE drm.device d SET version = version + 1, updated_at = now(),
    protocols = coalesce((SELECT array_agg(DISTINCT e.protocol::text) FROM drm.device_endpoint e
      WHERE e.tenant_id = $1 AND e.device_id = d.id), '{}'),
    address = (SELECT e.address FROM drm.device_endpoint e
      WHERE e.tenant_id = $1 AND e.device_id = d.id ORDER BY e.created_at, e.id LIMIT 1),
    more_addresses = (SELECT string_agg(m.address, E'\\n') FROM (SELECT e.address FROM drm.device_endpoint e
      WHERE e.tenant_id = $1 AND e.device_id = d.id ORDER BY e.created_at, e.id OFFSET 1) m)
  WHERE d.tenant_id = $1`;
