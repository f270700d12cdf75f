import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import type { Permission } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { TenantDb } from '@drm/persistence';

const AGAIN_AFTER_MS = 60_000;
const REMEMBERED_MAX = 5000;

/** Audits that somebody was refused: once a minute for one caller and route, so that a loop does not fill the log. */
@Injectable()
export class RefusalLog {
  private readonly seen = new Map<string, number>();
  private readonly log = new Logger('auth');

  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  /** Returns at once; the line follows. */
  refused(ctx: RequestContext, route: string, missing: readonly Permission[]): void {
    const key = `${ctx.tenantId} ${ctx.actor.id ?? ''} ${route}`;
    const now = Date.now();
    const before = this.seen.get(key);
    if (before !== undefined && now - before < AGAIN_AFTER_MS) return;
    if (this.seen.size >= REMEMBERED_MAX) this.seen.clear();
    this.seen.set(key, now);
    this.db
      .run(ctx.tenantId, (tx) =>
        this.audit.record(tx, ctx, {
          action: 'access.refuse',
          targetKind: 'route',
          targetId: route,
          outcome: 'refused',
          data: { missing: [...missing] },
        }),
      )
      .catch((error: unknown) => this.log.warn({ err: error }, 'a refusal was not audited'));
  }
}
