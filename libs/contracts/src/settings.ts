import * as z from 'zod';
import { pageOf } from './paging.ts';
import { Timestamp } from './primitives.ts';

/** Every setting a tenant may change, with its schema, default and meaning. */
export const SETTINGS = {
  'jobs.max_attempts': {
    schema: z.number().int().min(1).max(10),
    default: 3,
    title: 'Attempts',
    description:
      'How often an execution is tried when the device does not answer, unless the job says otherwise.',
  },
  'jobs.default_expiry_hours': {
    schema: z.number().int().min(1).max(720),
    default: 24,
    title: 'Job expiry (hours)',
    description: 'Executions that have not begun by then expire.',
  },
  'jobs.retention_days': {
    schema: z.number().int().min(1).max(3650),
    default: 90,
    title: 'Keep ended jobs (days)',
    description: 'Ended jobs and their results are deleted after this time.',
  },
  'snmp.allow_weak_writes': {
    schema: z.boolean(),
    default: true,
    title: 'Writes over SNMP v1 and v2c',
    description: 'Off: set operations are refused on endpoints without authentication.',
  },
} as const;
export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as [SettingKey, ...SettingKey[]];

export const Setting = z
  .object({
    key: z.string(),
    title: z.string(),
    description: z.string(),
    value: z.union([z.string(), z.number(), z.boolean()]),
    isDefault: z.boolean(),
    updatedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Setting' });
export type Setting = z.infer<typeof Setting>;
export const SettingPage = pageOf(Setting, 'SettingPage');

export const SettingParam = z.strictObject({ key: z.enum(SETTING_KEYS) });
export type SettingParam = z.output<typeof SettingParam>;

/** null sets the default again. */
export const SaveSetting = z
  .strictObject({ value: z.union([z.string().max(1000), z.number(), z.boolean()]).nullable() })
  .meta({ id: 'SaveSetting' });
export type SaveSetting = z.output<typeof SaveSetting>;
