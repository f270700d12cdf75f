import { SETTINGS, type SettingKey } from '@drm/contracts';
import type * as z from 'zod';
import type { TenantTx } from '../tenancy/tenant-tx.ts';

/** The type of one setting's value. */
export type SettingValue<Key extends SettingKey> = z.output<(typeof SETTINGS)[Key]['schema']>;

/** What the tenant chose, or the default; a stored value that the registry no longer accepts counts as absent. */
export async function readSetting<Key extends SettingKey>(
  tx: TenantTx,
  key: Key,
): Promise<SettingValue<Key>> {
  const [row] = await tx.sql<{ value: unknown }>(
    'SELECT value FROM drm.setting WHERE tenant_id = $1 AND key = $2',
    [tx.tenantId, key],
  );
  const { schema, default: standard } = SETTINGS[key];
  const chosen = schema.safeParse(row?.value);
  return (chosen.success ? chosen.data : standard) as SettingValue<Key>;
}
