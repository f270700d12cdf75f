import type { DeviceParameter, Page, ParameterQuery } from '@drm/contracts';
import { chunkOf, DomainError, unpackParameter, type PackedValue } from '@drm/domain';
import { decodeCursor, encodeCursor, pageFrom } from '../tenancy/keyset.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** OIDs of a chunk begin with its seven arcs; a deeper prefix lies in one chunk. */
const OID_IN_ONE_CHUNK = /^\.?\d+(\.\d+){6}\./;
const PATH_IN_ONE_CHUNK = /^[A-Za-z][^.]*\.[^.]+\./;

/** The chunk that holds every path with this prefix, or null when several may. */
export const chunkOfPrefix = (prefix: string): string | null =>
  OID_IN_ONE_CHUNK.test(prefix) || PATH_IN_ONE_CHUNK.test(prefix)
    ? chunkOf(prefix.replace(/\.$/, ''))
    : null;

/** Last-known values of a device, path by path in octet order. Writing them is the engine's. */
export class ParameterRepository {
  /** @throws DomainError `device.not_found` | `request.bad_cursor` */
  async page(
    tx: TenantTx,
    deviceId: string,
    query: ParameterQuery,
    nowMs: number,
  ): Promise<Page<DeviceParameter>> {
    const sort = `path:${deviceId}`;
    const after =
      query.cursor === undefined
        ? ''
        : String(decodeCursor('parameters', sort, query.cursor, 1)[0]);
    if (after.includes('\0')) throw new DomainError('request.bad_cursor');
    const prefix = query.prefix ?? '';
    const rows = await tx.sql<{ path: string | null; packed: PackedValue }>(
      `SELECT v.path, v.packed FROM drm.device d LEFT JOIN LATERAL (
         SELECT e.key AS path, e.value AS packed
         FROM drm.device_params p CROSS JOIN LATERAL jsonb_each(p.params) e
         WHERE p.tenant_id = $1 AND p.device_id = d.id AND ($5::text IS NULL OR p.chunk = $5)
           AND e.key COLLATE "C" > $3 AND starts_with(e.key, $4)
         ORDER BY e.key COLLATE "C" LIMIT $6) v ON true
       WHERE d.tenant_id = $1 AND d.id = $2`,
      [tx.tenantId, deviceId, after, prefix, chunkOfPrefix(prefix), query.limit + 1],
    );
    if (rows.length === 0) throw new DomainError('device.not_found');
    const found = rows.flatMap(({ path, packed }) => (path === null ? [] : [{ path, packed }]));
    const page = pageFrom(found, query.limit, (row) =>
      encodeCursor('parameters', sort, [row.path]),
    );
    return { ...page, items: page.items.map((row) => toParameter(row.path, row.packed, nowMs)) };
  }
}

function toParameter(path: string, packed: PackedValue, nowMs: number): DeviceParameter {
  const { at, ...value } = unpackParameter(path, packed);
  return {
    ...value,
    collectedAt: new Date(at * 1000).toISOString(),
    ageSeconds: Math.max(0, Math.round(nowMs / 1000 - at)),
  };
}
