import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { COPY_ENDPOINTS } from './device.repository.ts';

/** A device as an import finds it again. */
export interface KnownDevice {
  readonly id: string;
  readonly serialKey: string;
}

/** The fields of a device that a batch may set. */
export const BATCH_FIELDS = ['vendor', 'model', 'description', 'tags'] as const;
export type BatchField = (typeof BATCH_FIELDS)[number];

export interface DeviceOverwrite {
  readonly id: string;
  readonly name: string;
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
}

const RECORD = 'r (id uuid, name text, vendor text, model text, description text, tags text[])';

/** Many devices in one statement: what imports need. */
export class DeviceBatchRepository {
  /** Finds and locks devices by their serial keys, in an order that two imports share. */
  async bySerialKeys(tx: TenantTx, keys: readonly string[]): Promise<KnownDevice[]> {
    return await tx.sql<KnownDevice>(
      `SELECT d.id, d.serial_key AS "serialKey" FROM drm.device d
       WHERE d.tenant_id = $1 AND d.serial_key = ANY ($2::text[]) ORDER BY d.serial_key FOR UPDATE`,
      [tx.tenantId, keys],
    );
  }

  /** Sets name and the given fields; a device that has these values already is left alone. */
  async overwrite(
    tx: TenantTx,
    devices: readonly DeviceOverwrite[],
    fields: readonly BatchField[],
  ): Promise<void> {
    if (devices.length === 0) return;
    const columns = ['name', ...fields];
    const records = JSON.stringify(devices);
    await tx.sql(
      `UPDATE drm.device d SET version = d.version + 1, updated_at = now(), name_key = lower(r.name),
         ${columns.map((column) => `${column} = r.${column}`).join(', ')}
       FROM jsonb_to_recordset($2::jsonb) AS ${RECORD}
       WHERE d.tenant_id = $1 AND d.id = r.id AND (${columns.map((column) => `d.${column}`).join(', ')})
         IS DISTINCT FROM (${columns.map((column) => `r.${column}`).join(', ')})`,
      [tx.tenantId, records],
    );
    if (!fields.includes('tags')) return;
    await tx.sql(
      `DELETE FROM drm.device_tag t USING jsonb_to_recordset($2::jsonb) AS ${RECORD}
       WHERE t.tenant_id = $1 AND t.device_id = r.id AND t.tag <> ALL (r.tags)`,
      [tx.tenantId, records],
    );
  }

  /** As DeviceRepository.endpointsChanged, for many devices and whatever their version. */
  async endpointsChanged(tx: TenantTx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.execute(`${COPY_ENDPOINTS} AND d.id = ANY ($2::uuid[])`, [tx.tenantId, ids]);
  }
}
