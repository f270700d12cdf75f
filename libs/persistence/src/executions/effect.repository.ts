import type { JsonValue } from '@drm/contracts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { jsonText } from './json-text.ts';

export interface EffectRecord {
  readonly executionId: string;
  readonly n: number;
  readonly kind: string;
  readonly evidence: JsonValue;
}

/** Notes that outlive their runner: effects that may have happened, and resumable positions. All fenced. */
export class EffectRepository {
  /** @returns the number of the effect, or null when the execution is no longer this runner's */
  async begin(
    tx: TenantTx,
    executionId: string,
    fence: string,
    kind: string,
    evidence: JsonValue,
  ): Promise<number | null> {
    const rows = await tx.sql<{ n: number }>(
      `INSERT INTO drm.effect (tenant_id, execution_id, n, kind, evidence)
       SELECT $1, e.id, (SELECT coalesce(max(x.n), 0) + 1 FROM drm.effect x
                         WHERE x.tenant_id = (SELECT $1::uuid) AND x.execution_id = e.id), $4, $5::jsonb
       FROM drm.execution e WHERE e.tenant_id = (SELECT $1::uuid) AND e.id = $2 AND e.fence = $3 AND e.status = 'running'
         AND e.lease_until > clock_timestamp()
       RETURNING n::int AS n`,
      [tx.tenantId, executionId, fence, kind, jsonText(evidence)],
    );
    return rows[0]?.n ?? null;
  }

  /** Effects of earlier attempts, oldest first. */
  async of(tx: TenantTx, executionIds: readonly string[]): Promise<EffectRecord[]> {
    return await tx.sql<EffectRecord>(
      `SELECT execution_id AS "executionId", n::int AS n, kind, evidence FROM drm.effect
       WHERE tenant_id = (SELECT $1::uuid) AND execution_id = ANY ($2::uuid[]) ORDER BY execution_id, n`,
      [tx.tenantId, executionIds],
    );
  }

  /** False when the execution is no longer this runner's. */
  async saveStep(
    tx: TenantTx,
    executionId: string,
    fence: string,
    step: JsonValue,
  ): Promise<boolean> {
    const n = await tx.execute(
      `UPDATE drm.execution SET step = $4::jsonb
       WHERE tenant_id = (SELECT $1::uuid) AND id = $2 AND fence = $3 AND status = 'running' AND lease_until > clock_timestamp()`,
      [tx.tenantId, executionId, fence, jsonText(step)],
    );
    return n === 1;
  }
}
