import { Inject, Injectable } from '@nestjs/common';
import type { AuditEvent, AuditQuery, JsonValue, Page } from '@drm/contracts';
import type { Actor, RequestContext } from '@drm/domain';
import { decodeCursor, encodeCursor, pageFrom, TenantDb, type TenantTx } from '@drm/persistence';
import { auditFilter } from './audit-filter.ts';
import { AuditIds } from './audit-ids.ts';

/** Who did it, when there is no signed-in caller: a person at the login form, a job, the platform. */
export interface AuditActor {
  readonly actor: Actor | { readonly kind: 'anonymous'; readonly id: null; readonly name: string };
  readonly address: string | null;
  readonly correlationId: string | null;
}

/** What happened. `action` is `<thing>.<verb>`; never put a secret into `data`. */
export interface AuditEntry {
  readonly action: string;
  readonly targetKind?: string | undefined;
  readonly targetId?: string | undefined;
  readonly targetName?: string | undefined;
  /** `success` unless said otherwise. */
  readonly outcome?: AuditEvent['outcome'];
  readonly reason?: string | undefined;
  readonly data?: Readonly<Record<string, JsonValue>>;
}

interface AuditRow extends Omit<AuditEvent, 'at'> {
  readonly at: Date;
}

const NAME_MAX = 200;

/** The log of who did what. A line is written in the transaction of the deed, so that there is no deed without it. */
@Injectable()
export class AuditLog {
  private readonly ids = new AuditIds();

  constructor(@Inject(TenantDb) private readonly db: TenantDb) {}

  /** Adds one line to the log of the transaction's tenant. @throws Error in a transaction without a tenant */
  async record(tx: TenantTx, by: RequestContext | AuditActor, entry: AuditEntry): Promise<void> {
    await this.recordAll(tx, by, [entry]);
  }

  /** As `record`, for a deed on many things: one statement for all lines. */
  async recordAll(
    tx: TenantTx,
    by: RequestContext | AuditActor,
    entries: readonly AuditEntry[],
  ): Promise<void> {
    if (tx.tenantId === null) throw new Error('An audit line needs a tenant.');
    if (entries.length === 0) return;
    const lines = entries.map((entry) => ({
      ...this.ids.next(),
      action: entry.action,
      target_kind: entry.targetKind ?? null,
      target_id: entry.targetId ?? null,
      target_name: entry.targetName?.slice(0, NAME_MAX) ?? null,
      outcome: entry.outcome ?? 'success',
      reason: entry.reason ?? null,
      data: entry.data ?? {},
    }));
    await tx.sql(
      `INSERT INTO audit_event (tenant_id, id, at, actor_kind, actor_id, actor_name, address, correlation_id,
         action, target_kind, target_id, target_name, outcome, reason, data)
       SELECT $1, l.id, to_timestamp(l.ms::float8 / 1000), $2, $3, $4, $5, $6,
         l.action, l.target_kind, l.target_id, l.target_name, l.outcome, l.reason, l.data
       FROM jsonb_to_recordset($7::jsonb) AS l (id uuid, ms bigint, action text, target_kind text, target_id text,
         target_name text, outcome text, reason text, data jsonb)`,
      [
        tx.tenantId,
        by.actor.kind,
        by.actor.id,
        by.actor.name.slice(0, NAME_MAX),
        by.address,
        by.correlationId,
        JSON.stringify(lines),
      ],
    );
  }

  /** Newest first. Ids carry their time, so that the primary key serves order, cursor and the time filter. */
  async list(ctx: RequestContext, query: AuditQuery): Promise<Page<AuditEvent>> {
    const before =
      query.cursor === undefined ? null : String(decodeCursor('audit', '-id', query.cursor, 1)[0]);
    const { conditions, params } = auditFilter(ctx.tenantId, query, before);
    const rows = await this.db.read<AuditRow>(
      ctx.tenantId,
      `SELECT id, at, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", action,
         target_kind AS "targetKind", target_id AS "targetId", target_name AS "targetName", outcome, reason,
         address, correlation_id AS "correlationId", data
       FROM audit_event WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ${query.limit + 1}`,
      params,
    );
    const page = pageFrom(rows, query.limit, (row) => encodeCursor('audit', '-id', [row.id]));
    return { ...page, items: page.items.map((row) => ({ ...row, at: row.at.toISOString() })) };
  }
}
