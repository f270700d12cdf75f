import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import { Authenticator } from '@drm/auth';
import type { CreateTenant, Page, Tenant, TenantQuery, UpdateTenant } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  decodeCursor,
  encodeCursor,
  pageFrom,
  sqlState,
  TenantDb,
  UNIQUE_VIOLATION,
  violatedConstraint,
  type TenantTx,
} from '@drm/persistence';
import { KEK } from './kek.ts';
import { provisionTenant } from './provision-tenant.ts';

interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly maxDevices: number;
  readonly maxOpenJobs: number;
  readonly maxRunning: number;
  readonly createdAt: Date;
  readonly version: number;
}

const SELECT = `SELECT t.tenant_id AS id, t.slug, t.name, t.status, l.max_devices AS "maxDevices",
    l.max_open_jobs AS "maxOpenJobs", l.max_inflight AS "maxRunning", t.created_at AS "createdAt", t.version
  FROM tenant t JOIN tenant_limit l ON l.tenant_id = t.tenant_id`;

const tenantOf = ({ maxDevices, maxOpenJobs, maxRunning, ...row }: TenantRow): Tenant => ({
  ...row,
  quotas: { maxDevices, maxOpenJobs, maxRunning },
  createdAt: row.createdAt.toISOString(),
});

/** Tenants, for platform administrators. Every change is a line in the log of the tenant it concerns. */
@Injectable()
export class TenantService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(KEK) private readonly kek: Uint8Array,
  ) {}

  /** By short name. */
  async list(ctx: RequestContext, query: TenantQuery): Promise<Page<Tenant>> {
    const [after] =
      query.cursor === undefined ? [null] : decodeCursor('tenants', 'slug', query.cursor, 1);
    const rows = await this.db.asPlatform(`list of tenants for ${ctx.actor.name}`, (tx) =>
      tx.sql<TenantRow>(
        `${SELECT} WHERE ($1::text IS NULL OR t.slug > $1)
           AND ($2::text IS NULL OR position(lower($2) IN t.slug) > 0 OR position(lower($2) IN lower(t.name)) > 0)
         ORDER BY t.slug LIMIT $3`,
        [after, query.q ?? null, query.limit + 1],
      ),
    );
    const page = pageFrom(rows, query.limit, (row) => encodeCursor('tenants', 'slug', [row.slug]));
    return { ...page, items: page.items.map(tenantOf) };
  }

  /** @throws DomainError `tenant.not_found` */
  async get(tenantId: string): Promise<Tenant> {
    return await this.db.run(tenantId, (tx) => this.read(tx, tenantId), { mode: 'ro' });
  }

  /** @throws DomainError `tenant.duplicate` */
  async create(ctx: RequestContext, input: CreateTenant): Promise<Tenant> {
    const id = uuidV7();
    try {
      return await this.db.run(id, async (tx) => {
        await provisionTenant(tx, { id, slug: input.slug, name: input.name }, this.kek);
        await this.setQuotas(tx, id, input.quotas);
        await this.record(tx, ctx, 'tenant.create', id, input.name, { slug: input.slug });
        return await this.read(tx, id);
      });
    } catch (error) {
      const isTaken =
        sqlState(error) === UNIQUE_VIOLATION && violatedConstraint(error) === 'tenant_slug_key';
      if (isTaken) throw new DomainError('tenant.duplicate');
      throw error;
    }
  }

  /** A suspended tenant refuses sign-ins, tokens and keys within 5 s. @throws DomainError `tenant.not_found` | `tenant.changed` */
  async update(
    ctx: RequestContext,
    tenantId: string,
    version: number,
    input: UpdateTenant,
  ): Promise<Tenant> {
    const tenant = await this.db.run(tenantId, async (tx) => {
      const before = await this.read(tx, tenantId);
      const changed = await tx.execute(
        `UPDATE tenant SET name = coalesce($3, name), status = coalesce($4, status), updated_at = now(),
           version = version + 1 WHERE tenant_id = $1 AND version = $2`,
        [tenantId, version, input.name ?? null, input.status ?? null],
      );
      if (changed === 0) throw new DomainError('tenant.changed');
      if (input.status !== undefined) {
        await tx.sql('UPDATE tenant_limit SET suspended = $2 WHERE tenant_id = $1', [
          tenantId,
          input.status === 'suspended',
        ]);
      }
      await this.setQuotas(tx, tenantId, input.quotas);
      const after = await this.read(tx, tenantId);
      await this.record(tx, ctx, actionOf(before, after), tenantId, after.name, {
        before: { name: before.name, status: before.status, quotas: before.quotas },
        after: { name: after.name, status: after.status, quotas: after.quotas },
      });
      return after;
    });
    this.authenticator.forgetTenant(tenantId);
    return tenant;
  }

  private async read(tx: TenantTx, tenantId: string): Promise<Tenant> {
    const [row] = await tx.sql<TenantRow>(`${SELECT} WHERE t.tenant_id = $1`, [tenantId]);
    if (row === undefined) throw new DomainError('tenant.not_found');
    return tenantOf(row);
  }

  private async setQuotas(
    tx: TenantTx,
    tenantId: string,
    quotas: UpdateTenant['quotas'],
  ): Promise<void> {
    if (quotas === undefined) return;
    await tx.sql(
      `UPDATE tenant_limit SET max_devices = coalesce($2, max_devices),
         max_open_jobs = coalesce($3, max_open_jobs), max_inflight = coalesce($4, max_inflight) WHERE tenant_id = $1`,
      [tenantId, quotas.maxDevices ?? null, quotas.maxOpenJobs ?? null, quotas.maxRunning ?? null],
    );
  }

  private async record(
    tx: TenantTx,
    ctx: RequestContext,
    action: string,
    tenantId: string,
    name: string,
    data: Record<string, string | Record<string, string | Tenant['quotas']>>,
  ): Promise<void> {
    await this.audit.record(tx, ctx, {
      action,
      targetKind: 'tenant',
      targetId: tenantId,
      targetName: name,
      data,
    });
  }
}

function actionOf(before: Tenant, after: Tenant): string {
  if (before.status === after.status) return 'tenant.update';
  return after.status === 'suspended' ? 'tenant.suspend' : 'tenant.resume';
}
