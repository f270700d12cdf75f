import type { JsonValue } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { uniquely } from './device.repository.ts';

/** An endpoint as it is stored, with its sealed secrets. */
export interface StoredEndpoint {
  readonly id: string;
  readonly protocol: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, JsonValue>>;
  readonly credentials: Readonly<Record<string, JsonValue>>;
  readonly secretsSet: readonly string[];
  readonly sealed: Buffer | null;
}

export interface StoredEndpointOf extends StoredEndpoint {
  readonly deviceId: string;
}

const COLUMNS = `e.id, e.device_id AS "deviceId", e.protocol, e.address, e.enabled, e.settings, e.credentials,
  e.secrets_set AS "secretsSet", e.sealed`;

/** Where devices are reached. Adding is DeviceRepository's, which keeps the order. */
export class EndpointRepository {
  /** @throws DomainError `endpoint.not_found` */
  async get(tx: TenantTx, deviceId: string, id: string): Promise<StoredEndpoint> {
    const [row] = await tx.sql<StoredEndpointOf>(
      `SELECT ${COLUMNS} FROM drm.device_endpoint e
       WHERE e.tenant_id = $1 AND e.device_id = $2 AND e.id = $3 FOR UPDATE`,
      [tx.tenantId, deviceId, id],
    );
    if (row === undefined) throw new DomainError('endpoint.not_found');
    return row;
  }

  /** Endpoints of many devices, in the order they were made. */
  async ofDevices(tx: TenantTx, deviceIds: readonly string[]): Promise<StoredEndpointOf[]> {
    return await tx.sql<StoredEndpointOf>(
      `SELECT ${COLUMNS} FROM unnest($2::uuid[]) AS w (id) CROSS JOIN LATERAL (
         SELECT * FROM drm.device_endpoint e WHERE e.tenant_id = $1 AND e.device_id = w.id OFFSET 0) e
       ORDER BY e.device_id, e.created_at, e.id`,
      [tx.tenantId, deviceIds],
    );
  }

  /** @throws DomainError `endpoint.duplicate` */
  async save(tx: TenantTx, endpoint: StoredEndpoint): Promise<void> {
    await uniquely(() =>
      tx.execute(
        `UPDATE drm.device_endpoint SET address = $3, enabled = $4, settings = $5, credentials = $6,
           secrets_set = $7, sealed = $8 WHERE tenant_id = $1 AND id = $2`,
        [
          tx.tenantId,
          endpoint.id,
          endpoint.address,
          endpoint.enabled,
          JSON.stringify(endpoint.settings),
          JSON.stringify(endpoint.credentials),
          endpoint.secretsSet,
          endpoint.sealed,
        ],
      ),
    );
  }

  /** @throws DomainError `endpoint.not_found` */
  async remove(tx: TenantTx, deviceId: string, id: string): Promise<void> {
    const touched = await tx.execute(
      'DELETE FROM drm.device_endpoint WHERE tenant_id = $1 AND device_id = $2 AND id = $3',
      [tx.tenantId, deviceId, id],
    );
    if (touched === 0) throw new DomainError('endpoint.not_found');
  }
}
