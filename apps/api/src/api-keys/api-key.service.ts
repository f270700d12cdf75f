import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import { Authenticator, knownPermissions, makeApiKey } from '@drm/auth';
import type { ApiKey, CreateApiKey, CreatedApiKey, ListQuery, Page } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import { decodeCursor, encodeCursor, pageFrom, TenantDb } from '@drm/persistence';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `id, name, prefix, permissions, created_by_name AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

/** Usable keys a tenant may have. */
const KEYS_MAX = 100;
const UUID = /^[0-9a-f-]{36}$/i;

const keyOf = (row: KeyRow): ApiKey => ({
  ...row,
  permissions: knownPermissions(row.permissions),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

/** Keys for scripts: bound to a tenant, to permissions and to a day on which they end. */
@Injectable()
export class ApiKeyService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  /** Newest first, revoked and expired ones too. */
  async list(ctx: RequestContext, query: ListQuery): Promise<Page<ApiKey>> {
    const before =
      query.cursor === undefined
        ? null
        : String(decodeCursor('api-keys', '-id', query.cursor, 1)[0]);
    if (before !== null && !UUID.test(before)) throw new DomainError('request.bad_cursor');
    const rows = await this.db.read<KeyRow>(
      ctx.tenantId,
      `SELECT ${COLUMNS} FROM api_key WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [ctx.tenantId, before, query.limit + 1],
    );
    const page = pageFrom(rows, query.limit, (row) => encodeCursor('api-keys', '-id', [row.id]));
    return { ...page, items: page.items.map(keyOf) };
  }

  /** @throws DomainError `api_key.scope_exceeded` | `quota.exceeded` */
  async create(ctx: RequestContext, input: CreateApiKey): Promise<CreatedApiKey> {
    const beyond = input.permissions.filter((permission) => !ctx.permissions.has(permission));
    if (beyond.length > 0)
      throw new DomainError('api_key.scope_exceeded', `You do not have ${beyond.join(', ')}.`);
    const fresh = makeApiKey();
    const id = uuidV7();
    const row = await this.db.run(ctx.tenantId, async (tx) => {
      const [live] = await tx.sql<{ keys: number }>(
        `SELECT count(*)::int AS keys FROM api_key
         WHERE tenant_id = $1 AND revoked_at IS NULL AND expires_at > now()`,
        [ctx.tenantId],
      );
      if ((live?.keys ?? 0) >= KEYS_MAX)
        throw new DomainError('quota.exceeded', `A tenant may have ${KEYS_MAX} API keys.`);
      const [made] = await tx.sql<KeyRow>(
        `INSERT INTO api_key (tenant_id, id, name, prefix, hash, permissions, created_by, created_by_name, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(days => $9)) RETURNING ${COLUMNS}`,
        [
          ctx.tenantId,
          id,
          input.name,
          fresh.prefix,
          fresh.hash,
          [...new Set(input.permissions)],
          ctx.actor.id,
          ctx.actor.name,
          input.expiresInDays,
        ],
      );
      await this.audit.record(tx, ctx, {
        action: 'api_key.create',
        targetKind: 'api_key',
        targetId: id,
        targetName: input.name,
        data: { permissions: [...input.permissions], prefix: fresh.prefix },
      });
      return made;
    });
    if (row === undefined) throw new Error('INSERT returned nothing');
    return { ...keyOf(row), key: fresh.key };
  }

  /** The key stops working at once here, and within 5 s elsewhere. @throws DomainError `api_key.not_found` */
  async revoke(ctx: RequestContext, id: string): Promise<void> {
    await this.db.run(ctx.tenantId, async (tx) => {
      const [key] = await tx.sql<{ name: string; isFresh: boolean }>(
        `WITH before AS (SELECT id, revoked_at FROM api_key WHERE tenant_id = $1 AND id = $2 FOR UPDATE)
         UPDATE api_key k SET revoked_at = coalesce(k.revoked_at, now()) FROM before
         WHERE k.tenant_id = $1 AND k.id = before.id RETURNING k.name, before.revoked_at IS NULL AS "isFresh"`,
        [ctx.tenantId, id],
      );
      if (key === undefined) throw new DomainError('api_key.not_found');
      if (!key.isFresh) return;
      await this.audit.record(tx, ctx, {
        action: 'api_key.revoke',
        targetKind: 'api_key',
        targetId: id,
        targetName: key.name,
      });
    });
    this.authenticator.forgetActor(id);
  }
}
