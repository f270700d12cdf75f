import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@drm/audit';
import {
  SETTING_KEYS,
  SETTINGS,
  type Page,
  type SaveSetting,
  type Setting,
  type SettingKey,
} from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import { TenantDb, type TenantTx } from '@drm/persistence';

interface SettingRow {
  readonly key: string;
  readonly value: unknown;
  readonly updatedAt: Date;
}

/** A stored value that the registry no longer accepts counts as absent. */
function settingOf(key: SettingKey, row: SettingRow | undefined): Setting {
  const { schema, title, description, default: standard } = SETTINGS[key];
  const parsed = row === undefined ? undefined : schema.safeParse(row.value);
  const isStored = parsed?.success === true;
  return {
    key,
    title,
    description,
    value: isStored ? parsed.data : standard,
    isDefault: !isStored,
    updatedAt: isStored && row !== undefined ? row.updatedAt.toISOString() : null,
  };
}

/** What a tenant may set for itself. The registry in the contracts says which, and what a value may be. */
@Injectable()
export class SettingService {
  constructor(
    @Inject(TenantDb) private readonly db: TenantDb,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  async list(ctx: RequestContext): Promise<Page<Setting>> {
    const rows = await this.db.read<SettingRow>(
      ctx.tenantId,
      'SELECT key, value, updated_at AS "updatedAt" FROM setting WHERE tenant_id = $1',
      [ctx.tenantId],
    );
    const stored = new Map(rows.map((row) => [row.key, row]));
    return { items: SETTING_KEYS.map((key) => settingOf(key, stored.get(key))), nextCursor: null };
  }

  /** @throws DomainError `request.invalid` when the value is not one of this setting */
  async save(ctx: RequestContext, key: SettingKey, input: SaveSetting): Promise<Setting> {
    const value = input.value === null ? null : valueOf(key, input.value);
    return await this.db.run(ctx.tenantId, async (tx) => {
      const before = await this.read(tx, ctx.tenantId, key);
      if (value === null) {
        await tx.sql('DELETE FROM setting WHERE tenant_id = $1 AND key = $2', [ctx.tenantId, key]);
      } else {
        await tx.sql(
          `INSERT INTO setting (tenant_id, key, value) VALUES ($1, $2, $3::jsonb)
           ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value, updated_at = now()`,
          [ctx.tenantId, key, JSON.stringify(value)],
        );
      }
      const after = await this.read(tx, ctx.tenantId, key);
      await this.audit.record(tx, ctx, {
        action: 'setting.update',
        targetKind: 'setting',
        targetId: key,
        targetName: after.title,
        data: { before: before.value, after: after.value },
      });
      return after;
    });
  }

  private async read(tx: TenantTx, tenantId: string, key: SettingKey): Promise<Setting> {
    const [row] = await tx.sql<SettingRow>(
      `SELECT key, value, updated_at AS "updatedAt" FROM setting WHERE tenant_id = $1 AND key = $2`,
      [tenantId, key],
    );
    return settingOf(key, row);
  }
}

function valueOf(key: SettingKey, value: string | number | boolean): string | number | boolean {
  const parsed = SETTINGS[key].schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues[0]?.message ?? 'This value does not fit.';
  throw new DomainError('request.invalid', `value: ${message}`, {
    errors: [{ path: 'value', code: parsed.error.issues[0]?.code ?? 'invalid', message }],
  });
}
