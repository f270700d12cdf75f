import type { DeviceTag, Page } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { decodeCursor, encodeCursor, pageFrom } from '../tenancy/keyset.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { COUNT_CAP } from './device-list.ts';

/** The tags a tenant uses. */
export class TagRepository {
  /**
   * In octet order. Jumps from tag to tag in the index, so that the cost is by tags and not by devices.
   * @throws DomainError `request.bad_cursor`
   */
  async page(
    tx: TenantTx,
    query: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<DeviceTag>> {
    const after =
      query.cursor === undefined ? '' : String(decodeCursor('tags', 'tag', query.cursor, 1)[0]);
    if (after.includes('\0')) throw new DomainError('request.bad_cursor');
    const rows = await tx.sql<DeviceTag>(
      `WITH RECURSIVE found AS (
         (SELECT t.tag, 1 AS n FROM drm.device_tag t WHERE t.tenant_id = $1 AND t.tag > $2 ORDER BY t.tag LIMIT 1)
         UNION ALL
         SELECT s.tag, f.n + 1 FROM found f CROSS JOIN LATERAL (
           SELECT t.tag FROM drm.device_tag t WHERE t.tenant_id = $1 AND t.tag > f.tag ORDER BY t.tag LIMIT 1) s
         WHERE f.n <= $3)
       SELECT f.tag, (SELECT count(*)::int FROM (SELECT 1 FROM drm.device_tag t
           WHERE t.tenant_id = $1 AND t.tag = f.tag LIMIT ${COUNT_CAP}) c) AS devices
       FROM found f ORDER BY f.tag`,
      [tx.tenantId, after, query.limit],
    );
    return pageFrom(rows, query.limit, (row) => encodeCursor('tags', 'tag', [row.tag]));
  }
}
