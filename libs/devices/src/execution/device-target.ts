import type { JsonValue } from '@drm/contracts';
import type { TenantTx } from '@drm/persistence';

type Fields = Readonly<Record<string, JsonValue>>;

/** An endpoint as one execution needs it. */
export interface TargetEndpoint {
  readonly id: string;
  readonly protocol: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly settings: Fields;
  readonly credentials: Fields;
  readonly sealed: Buffer | null;
  /** Seconds since the last success; null: never. */
  readonly successAge: number | null;
  readonly lastErrorCode: string | null;
}

/** A device with its endpoints, first added first. */
export interface DeviceTarget {
  readonly deviceId: string;
  readonly reachability: 'unknown' | 'reachable' | 'unreachable';
  /** Seconds since the last contact; null: never. */
  readonly contactAge: number | null;
  /** Whether the tenant lets operations change a device over an endpoint without authentication. */
  readonly allowsWeakWrites: boolean;
  readonly endpoints: TargetEndpoint[];
}

interface Row extends TargetEndpoint {
  readonly deviceId: string;
  readonly reachability: DeviceTarget['reachability'];
  readonly contactAge: number | null;
  readonly allowsWeakWrites: boolean;
}

/** Loads devices of one tenant with their endpoints in one query. */
export async function loadTargets(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<Map<string, DeviceTarget>> {
  const rows = await tx.sql<Row>(
    `SELECT p.id, p.device_id AS "deviceId", p.protocol, p.address, p.enabled, p.settings, p.credentials, p.sealed,
       extract(epoch FROM now() - p.last_success_at)::float8 AS "successAge", p.last_error_code AS "lastErrorCode",
       d.reachability, extract(epoch FROM now() - d.last_contact_at)::float8 AS "contactAge",
       (SELECT s.value FROM drm.setting s WHERE s.tenant_id = $1 AND s.key = 'snmp.allow_weak_writes')
         IS DISTINCT FROM 'false'::jsonb AS "allowsWeakWrites"
     FROM drm.device_endpoint p JOIN drm.device d ON d.tenant_id = p.tenant_id AND d.id = p.device_id
     WHERE p.tenant_id = (SELECT $1::uuid) AND p.device_id = ANY ($2::uuid[]) ORDER BY p.device_id, p.created_at, p.id`,
    [tx.tenantId, deviceIds],
  );
  const targets = new Map<string, DeviceTarget>();
  for (const row of rows) {
    const known = targets.get(row.deviceId);
    if (known === undefined) {
      const { deviceId, reachability, contactAge, allowsWeakWrites } = row;
      const endpoints = [row];
      targets.set(deviceId, { deviceId, reachability, contactAge, allowsWeakWrites, endpoints });
    } else {
      known.endpoints.push(row);
    }
  }
  return targets;
}
