import type { AuditLog } from '@drm/audit';
import type { Page, SavedView, SavedViewQuery, SaveView } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import { SavedViewRepository, type TenantDb } from '@drm/persistence';

/** List states a person keeps, and may share with the tenant. An API key has none of its own. */
export class SavedViewService {
  private readonly views = new SavedViewRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly audit: Pick<AuditLog, 'record'>,
  ) {}

  async page(ctx: RequestContext, query: SavedViewQuery): Promise<Page<SavedView>> {
    return await this.db.run(ctx.tenantId, (tx) => this.views.page(tx, personOf(ctx), query), {
      mode: 'ro',
    });
  }

  /** @throws DomainError `view.duplicate` | `permission.denied` for a caller that is no person */
  async save(ctx: RequestContext, view: SaveView): Promise<SavedView> {
    if (ctx.actor.kind !== 'user')
      throw new DomainError('permission.denied', 'Views belong to people.');
    return await this.db.run(ctx.tenantId, async (tx) => {
      const saved = await this.views.insert(tx, personOf(ctx), uuidV7(), view);
      await this.record(tx, ctx, 'view.create', saved.id, saved.name);
      return saved;
    });
  }

  /** @throws DomainError `view.not_found`, for another person's view too */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.db.run(ctx.tenantId, async (tx) => {
      await this.views.remove(tx, personOf(ctx), id);
      await this.record(tx, ctx, 'view.delete', id);
    });
  }

  private async record(
    tx: Parameters<AuditLog['record']>[0],
    ctx: RequestContext,
    action: string,
    targetId: string,
    targetName?: string,
  ): Promise<void> {
    await this.audit.record(tx, ctx, { action, targetKind: 'view', targetId, targetName });
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
const personOf = (ctx: RequestContext): string =>
  ctx.actor.kind === 'user' ? (ctx.actor.id ?? NOBODY) : NOBODY;
