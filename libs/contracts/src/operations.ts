import * as z from 'zod';
import { Json } from './primitives.ts';
import { ParameterValue, ValueType } from './values.ts';

/** A TR-181 path or a native id (SNMP: a dotted OID). The protocol says whether it knows it. */
export const Path = z.string().trim().min(1).max(512);

export const SetValue = z.strictObject({
  path: Path,
  value: z.union([z.string().max(65_535), z.number(), z.boolean()]),
  type: ValueType.optional().meta({ description: 'needed only when the device cannot be asked' }),
});
export type SetValue = z.output<typeof SetValue>;

/** One protocol-neutral operation on one device. */
export const DeviceOperation = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('get'), paths: z.array(Path).min(1).max(256) }),
    z.strictObject({ kind: z.literal('set'), values: z.array(SetValue).min(1).max(256) }),
    z.strictObject({
      kind: z.literal('list'),
      path: Path,
      depth: z.number().int().min(1).max(16).default(1),
    }),
    z.strictObject({
      kind: z.literal('walk'),
      path: Path,
      limit: z.number().int().min(1).max(100_000).default(10_000),
    }),
    z.strictObject({ kind: z.literal('probe') }),
    z.strictObject({
      kind: z.literal('add'),
      path: Path,
      values: z.array(SetValue).max(256).default([]),
    }),
    z.strictObject({ kind: z.literal('delete'), path: Path }),
    z.strictObject({
      kind: z.literal('invoke'),
      command: z.string().min(1).max(256),
      arguments: z.record(z.string().max(128), Json).default({}),
    }),
  ])
  .meta({ id: 'DeviceOperation' });
export type DeviceOperation = z.output<typeof DeviceOperation>;
export type OperationKind = DeviceOperation['kind'];
export const OPERATION_KINDS = [
  'get',
  'set',
  'list',
  'walk',
  'probe',
  'add',
  'delete',
  'invoke',
] as const;

/** Identity as a probe reads it; null where the device does not tell. */
export const DeviceIdentity = z
  .object({
    description: z.string().nullable(),
    objectId: z.string().nullable(),
    systemName: z.string().nullable(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    serialNumber: z.string().nullable(),
    softwareVersion: z.string().nullable(),
    uptimeSeconds: z.number().nullable(),
  })
  .meta({ id: 'DeviceIdentity' });
export type DeviceIdentity = z.infer<typeof DeviceIdentity>;

/** What an execution brought. At most 256 KiB of values are kept with it; `truncated` says when there were more. */
export const OperationResult = z
  .object({
    values: z.array(ParameterValue).optional(),
    identity: DeviceIdentity.optional(),
    output: z.record(z.string(), Json).optional(),
    partial: z
      .object({ code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'why the result stops early, e.g. snmp.non_increasing' }),
    truncated: z.boolean().optional(),
    valueCount: z.number().int().optional(),
  })
  .meta({ id: 'OperationResult' });
export type OperationResult = z.infer<typeof OperationResult>;
