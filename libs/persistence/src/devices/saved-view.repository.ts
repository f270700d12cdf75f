import type { Page, SavedView, SavedViewQuery, SaveView } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { decodeCursor, encodeCursor, pageFrom } from '../tenancy/keyset.ts';
import { sqlState, UNIQUE_VIOLATION } from '../tenancy/sqlstate.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { SavedViewEntity } from './saved-view.entity.ts';

const COLUMNS = 'v.id, v.list, v.name, v.query, v.shared, (v.user_id = $2) AS mine';

/** Saved list states: a person sees the own ones and those others share. */
export class SavedViewRepository {
  /** By name, then id. @throws DomainError `request.bad_cursor` */
  async page(tx: TenantTx, userId: string, query: SavedViewQuery): Promise<Page<SavedView>> {
    const sort = `name:${query.list}`;
    const [name, id] =
      query.cursor === undefined
        ? [null, null]
        : decodeCursor('views', sort, query.cursor, 2).map(String);
    if (id != null && !/^[0-9a-f-]{36}$/i.test(id)) throw new DomainError('request.bad_cursor');
    const rows = await tx.sql<SavedView>(
      `SELECT ${COLUMNS} FROM drm.saved_view v
       WHERE v.tenant_id = $1 AND v.list = $3 AND (v.user_id = $2 OR v.shared)
         AND ($4::text IS NULL OR (v.name, v.id) > ($4, $5::uuid))
       ORDER BY v.name, v.id LIMIT $6`,
      [tx.tenantId, userId, query.list, name, id, query.limit + 1],
    );
    return pageFrom(rows, query.limit, (row) => encodeCursor('views', sort, [row.name, row.id]));
  }

  /** @throws DomainError `view.duplicate` */
  async insert(tx: TenantTx, userId: string, id: string, view: SaveView): Promise<SavedView> {
    try {
      await tx.orm.insert(SavedViewEntity, { ...view, tenantId: tenantOf(tx), userId, id });
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION)
        throw new DomainError('view.duplicate', undefined, { cause: error });
      throw error;
    }
    return { ...view, id, mine: true };
  }

  /** Only its maker may delete a view. @throws DomainError `view.not_found` */
  async remove(tx: TenantTx, userId: string, id: string): Promise<void> {
    const { affected } = await tx.orm.delete(SavedViewEntity, {
      tenantId: tenantOf(tx),
      userId,
      id,
    });
    if (affected === 0) throw new DomainError('view.not_found');
  }
}

function tenantOf(tx: TenantTx): string {
  if (tx.tenantId === null) throw new Error('Saved views belong to a tenant.');
  return tx.tenantId;
}
