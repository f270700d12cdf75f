import type { Device, DeviceSummary, Endpoint, JsonValue, Reachability } from '@drm/contracts';

/** A row of drm.device as lists read it. */
export interface SummaryRow {
  readonly id: string;
  readonly name: string;
  readonly serial_number: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly software_version: string | null;
  readonly reachability: Reachability;
  readonly last_contact_at: Date | null;
  readonly simulated: boolean;
  readonly tags: string[];
  readonly protocols: string[];
  readonly address: string | null;
  readonly created_at: Date;
}

/** An endpoint as `json_agg` builds it: times are epoch milliseconds. */
export interface EndpointJson {
  readonly id: string;
  readonly protocol: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly settings: Record<string, JsonValue>;
  readonly credentials: Record<string, JsonValue>;
  readonly secretsSet: string[];
  readonly lastSuccessAt: number | null;
  readonly lastErrorCode: string | null;
  readonly lastErrorAt: number | null;
}

export interface DeviceRow extends SummaryRow {
  readonly description: string | null;
  readonly updated_at: Date;
  readonly version: number;
  readonly endpoints: readonly EndpointJson[];
}

export const toSummary = (row: SummaryRow): DeviceSummary => ({
  id: row.id,
  name: row.name,
  serialNumber: row.serial_number,
  vendor: row.vendor,
  model: row.model,
  softwareVersion: row.software_version,
  reachability: row.reachability,
  lastContactAt: row.last_contact_at?.toISOString() ?? null,
  simulated: row.simulated,
  tags: row.tags,
  protocols: row.protocols,
  address: row.address,
  createdAt: row.created_at.toISOString(),
});

const time = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

export const toEndpoint = (row: EndpointJson): Endpoint => ({
  id: row.id,
  protocol: row.protocol,
  address: row.address,
  enabled: row.enabled,
  settings: row.settings,
  credentials: row.credentials,
  secretsSet: row.secretsSet,
  lastSuccessAt: time(row.lastSuccessAt),
  lastError:
    row.lastErrorCode === null
      ? null
      : { code: row.lastErrorCode, at: time(row.lastErrorAt) ?? new Date(0).toISOString() },
});

export const toDevice = (row: DeviceRow): Device => ({
  ...toSummary(row),
  description: row.description,
  endpoints: row.endpoints.map(toEndpoint),
  updatedAt: row.updated_at.toISOString(),
  version: row.version,
});
