import * as z from 'zod';
import { Timestamp } from './primitives.ts';

/** What is known of a value. Absent, empty, unreadable and unsupported are different things. */
export const VALUE_STATES = ['known', 'never_read', 'not_supported', 'unreadable'] as const;
export const ValueState = z.enum(VALUE_STATES);
export type ValueState = z.infer<typeof ValueState>;

/** Types as TR-106 names them, so that every protocol speaks the same ones. 64-bit numbers are decimal text. */
export const VALUE_TYPES = [
  'string',
  'int',
  'unsignedInt',
  'long',
  'unsignedLong',
  'boolean',
  'dateTime',
  'base64',
  'hexBinary',
  'decimal',
  'ipAddress',
  'objectId',
  'timeTicks',
  'counter32',
  'counter64',
  'gauge32',
  'opaque',
  'null',
] as const;
export const ValueType = z.enum(VALUE_TYPES);
export type ValueType = z.infer<typeof ValueType>;

/** One value a device reported: typed form and raw form are both kept. */
export const ParameterValue = z
  .object({
    path: z.string().max(512),
    state: ValueState,
    type: ValueType.nullable(),
    value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
    raw: z.string().nullable().meta({
      description: 'octets as the device sent them, hex; null when the typed form says it all',
    }),
  })
  .meta({ id: 'ParameterValue' });
export type ParameterValue = z.infer<typeof ParameterValue>;

/** A last-known value: when it was read and over which protocol. */
export const DeviceParameter = ParameterValue.extend({
  source: z.string(),
  collectedAt: Timestamp,
  ageSeconds: z.number().int(),
}).meta({ id: 'DeviceParameter' });
export type DeviceParameter = z.infer<typeof DeviceParameter>;
