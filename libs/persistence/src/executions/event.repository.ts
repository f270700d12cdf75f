import type { JsonValue } from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** A position in a job's events: transaction and place in it. Orders as commits become visible. */
export interface EventPosition {
  readonly tx: string;
  readonly pos: string;
}

export interface EventRecord extends EventPosition {
  readonly executionId: string;
  readonly at: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}

/** Reads events so that none is lost: identity values are taken before commit, transaction ids below xmin are final. */
export class EventRepository {
  async after(
    tx: TenantTx,
    jobId: string,
    from: EventPosition,
    limit: number,
  ): Promise<EventRecord[]> {
    return await tx.sql<EventRecord>(
      `SELECT e.txid::text AS tx, e.pos::text AS pos, e.execution_id AS "executionId", e.kind, e.data,
         to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
       FROM drm.execution_event e
       WHERE e.tenant_id = $1 AND e.job_id = $2 AND (e.txid, e.pos) > ($3::xid8, $4::bigint)
         AND e.txid < pg_snapshot_xmin(pg_current_snapshot())
       ORDER BY e.txid, e.pos LIMIT $5`,
      [tx.tenantId, jobId, from.tx, from.pos, limit],
    );
  }

  /** Everything before this position is in the snapshot a reader takes now. */
  async now(tx: TenantTx): Promise<{ position: EventPosition; epoch: number }> {
    const [row] = await tx.sql<{ tx: string; epoch: number }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS tx, (SELECT epoch FROM drm.engine_epoch) AS epoch`,
    );
    // Minus one: (xmin - 1, largest) is the last position that is final now.
    const xmin = BigInt(row?.tx ?? '1');
    return {
      position: { tx: (xmin - 1n).toString(), pos: '9223372036854775807' },
      epoch: row?.epoch ?? 1,
    };
  }
}
