import type { JsonValue } from '@drm/contracts';
import { uuidV7, type Actor } from '@drm/domain';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** A line of the audit log that the engine writes in the transaction of what it tells. */
export interface EngineAuditLine {
  readonly actor: Actor;
  readonly action: string;
  readonly targetKind: 'job' | 'device';
  readonly targetId: string;
  readonly targetName: string | null;
  readonly outcome: 'success' | 'failure';
  readonly address: string | null;
  readonly correlationId: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}

export async function writeAuditLines(
  tx: TenantTx,
  lines: readonly EngineAuditLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.execute(
    `INSERT INTO drm.audit_event (tenant_id, id, actor_kind, actor_id, actor_name, action, target_kind, target_id,
       target_name, outcome, address, correlation_id, data)
     SELECT $1, l.id, l.actor_kind, l.actor_id, l.actor_name, l.action, l.target_kind, l.target_id, l.target_name,
       l.outcome, l.address, l.correlation_id, l.data::jsonb
     FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
       $10::text[], $11::text[], $12::text[], $13::text[]) l (id, actor_kind, actor_id, actor_name, action,
       target_kind, target_id, target_name, outcome, address, correlation_id, data)`,
    [
      tx.tenantId,
      lines.map(() => uuidV7()),
      lines.map((line) => line.actor.kind),
      lines.map((line) => line.actor.id),
      lines.map((line) => line.actor.name),
      lines.map((line) => line.action),
      lines.map((line) => line.targetKind),
      lines.map((line) => line.targetId),
      lines.map((line) => line.targetName),
      lines.map((line) => line.outcome),
      lines.map((line) => line.address),
      lines.map((line) => line.correlationId),
      lines.map((line) => JSON.stringify(line.data)),
    ],
  );
}
