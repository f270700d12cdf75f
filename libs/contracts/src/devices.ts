import * as z from 'zod';
import { pageOf, pageQuery } from './paging.ts';
import { Id, Json, Timestamp } from './primitives.ts';
import { DeviceParameter } from './values.ts';

export const REACHABILITIES = ['unknown', 'reachable', 'unreachable'] as const;
export const Reachability = z.enum(REACHABILITIES);
export type Reachability = z.infer<typeof Reachability>;

export const ProtocolId = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/);

export const Tag = z
  .string()
  .trim()
  .regex(/^[\w.:@/-]{1,40}$/, 'letters, digits and . : @ / _ - only, at most 40');

/** PostgreSQL stores no NUL. */
const NO_NUL = /^[^\0]*$/;
const text = (max: number) => z.string().trim().max(max).regex(NO_NUL, 'no NUL character');

/**
 * A way to reach the device. `credentials` and `settings` are checked against the protocol's own schema
 * (`GET /api/v1/protocols`). Secrets go in and never come out.
 */
export const EndpointInput = z
  .strictObject({
    protocol: ProtocolId,
    address: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .meta({ description: 'host:port; the port may be left out' }),
    enabled: z.boolean().default(true),
    credentials: z.record(z.string().max(64), Json).optional(),
    settings: z.record(z.string().max(64), Json).optional(),
  })
  .meta({ id: 'EndpointInput' });
export type EndpointInput = z.output<typeof EndpointInput>;

/** Path parameters that name an endpoint of a device. */
export const EndpointParam = z.strictObject({ id: Id, endpointId: Id });
export type EndpointParam = z.output<typeof EndpointParam>;

/** Absent `credentials` keeps the ones that are stored. */
export const UpdateEndpoint = EndpointInput.omit({ protocol: true })
  .partial()
  .strict()
  .meta({ id: 'UpdateEndpoint' });
export type UpdateEndpoint = z.output<typeof UpdateEndpoint>;

export const Endpoint = z
  .object({
    id: Id,
    protocol: z.string(),
    address: z.string(),
    enabled: z.boolean(),
    settings: z.record(z.string(), Json),
    credentials: z
      .record(z.string(), Json)
      .meta({ description: 'the fields that are no secrets, e.g. version and user' }),
    secretsSet: z
      .array(z.string())
      .meta({ description: 'names of the secret fields that have a value' }),
    lastSuccessAt: Timestamp.nullable(),
    lastError: z.object({ code: z.string(), at: Timestamp }).nullable(),
  })
  .meta({ id: 'Endpoint' });
export type Endpoint = z.infer<typeof Endpoint>;

export const CreateDevice = z
  .strictObject({
    name: text(120).min(1),
    serialNumber: text(64).min(1).optional(),
    vendor: text(120).optional(),
    model: text(120).optional(),
    description: text(1000).optional(),
    tags: z.array(Tag).max(32).default([]),
    endpoints: z.array(EndpointInput).max(8).default([]),
  })
  .meta({ id: 'CreateDevice' });
export type CreateDevice = z.output<typeof CreateDevice>;

/** Fields that are absent stay; null clears. */
export const UpdateDevice = z
  .strictObject({
    name: text(120).min(1),
    serialNumber: text(64).min(1).nullable(),
    vendor: text(120).nullable(),
    model: text(120).nullable(),
    description: text(1000).nullable(),
    tags: z.array(Tag).max(32),
  })
  .partial()
  .meta({ id: 'UpdateDevice' });
export type UpdateDevice = z.output<typeof UpdateDevice>;

/** A device in a list. */
export const DeviceSummary = z
  .object({
    id: Id,
    name: z.string(),
    serialNumber: z.string().nullable(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    softwareVersion: z.string().nullable(),
    reachability: Reachability,
    lastContactAt: Timestamp.nullable(),
    simulated: z.boolean(),
    tags: z.array(z.string()),
    protocols: z.array(z.string()),
    address: z.string().nullable().meta({ description: 'of the first endpoint' }),
    createdAt: Timestamp,
  })
  .meta({ id: 'DeviceSummary' });
export type DeviceSummary = z.infer<typeof DeviceSummary>;

export const Device = DeviceSummary.extend({
  description: z.string().nullable(),
  endpoints: z.array(Endpoint),
  updatedAt: Timestamp,
  version: z.number().int().meta({ description: 'the ETag; send it as If-Match on a change' }),
}).meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

const filter = {
  q: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .regex(NO_NUL, 'no NUL character')
    .optional()
    .meta({ description: 'part of name, serial number, vendor, model or address' }),
  tag: Tag.optional(),
  protocol: ProtocolId.optional(),
  reachability: Reachability.optional(),
  lastContactBefore: Timestamp.optional().meta({ description: 'also devices never contacted' }),
  lastContactAfter: Timestamp.optional(),
};

/** The filter of the device list and of job targets. Every condition must hold. */
export const DeviceFilter = z.strictObject(filter).meta({ id: 'DeviceFilter' });
export type DeviceFilter = z.output<typeof DeviceFilter>;

export const DEVICE_SORTS = [
  'name',
  '-name',
  'createdAt',
  '-createdAt',
  'lastContactAt',
  '-lastContactAt',
] as const;
export const DeviceSort = z.enum(DEVICE_SORTS);
export type DeviceSort = z.infer<typeof DeviceSort>;

export const DeviceQuery = z.strictObject({
  ...pageQuery,
  ...filter,
  sort: DeviceSort.default('name'),
});
export type DeviceQuery = z.output<typeof DeviceQuery>;
export const DevicePage = pageOf(DeviceSummary, 'DevicePage');
export type DevicePage = z.infer<typeof DevicePage>;

/** A count is exact up to 10,000; above, `exact` is false and the count is 10,000 unless `exact=true` was asked. */
export const DeviceCountQuery = z.strictObject({ ...filter, exact: z.stringbool().default(false) });
export type DeviceCountQuery = z.output<typeof DeviceCountQuery>;
export const Count = z
  .object({ count: z.number().int(), exact: z.boolean() })
  .meta({ id: 'Count' });
export type Count = z.infer<typeof Count>;

/** A tag in use; `devices` counts up to 10,000. */
export const DeviceTag = z
  .object({ tag: z.string(), devices: z.number().int() })
  .meta({ id: 'DeviceTag' });
export type DeviceTag = z.infer<typeof DeviceTag>;
export const DeviceTagQuery = z.strictObject(pageQuery);
export type DeviceTagQuery = z.output<typeof DeviceTagQuery>;
export const DeviceTagPage = pageOf(DeviceTag, 'DeviceTagPage');

export const ParameterQuery = z.strictObject({
  cursor: pageQuery.cursor,
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  prefix: z.string().max(512).optional(),
});
export type ParameterQuery = z.output<typeof ParameterQuery>;
export const DeviceParameterPage = pageOf(DeviceParameter, 'DeviceParameterPage');

/** CSV columns of import and export, in the order of the export. */
export const DEVICE_CSV_COLUMNS = [
  'name',
  'serialNumber',
  'vendor',
  'model',
  'description',
  'tags',
  'protocol',
  'address',
  'credentials',
] as const;

export const ImportQuery = z.strictObject({ dryRun: z.stringbool().default(false) });
export type ImportQuery = z.output<typeof ImportQuery>;

export const ImportRowError = z
  .object({
    line: z.number().int(),
    column: z.string().nullable(),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'ImportRowError' });
export type ImportRowError = z.infer<typeof ImportRowError>;

/** Good rows are committed in batches; a bad row is reported and skipped. `stopped` when 100 rows were bad. */
export const ImportReport = z
  .object({
    dryRun: z.boolean(),
    rows: z.number().int(),
    created: z.number().int(),
    updated: z.number().int(),
    failed: z.number().int(),
    stopped: z.boolean(),
    errors: z.array(ImportRowError),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;

export const ProtocolInfo = z
  .object({
    id: z.string(),
    title: z.string(),
    capabilities: z.array(z.string()),
    defaultPort: z.number().int().nullable(),
    credentialsSchema: z
      .record(z.string(), Json)
      .meta({ description: 'JSON Schema; secrets carry writeOnly' }),
    settingsSchema: z.record(z.string(), Json),
  })
  .meta({ id: 'ProtocolInfo' });
export type ProtocolInfo = z.infer<typeof ProtocolInfo>;
export const ProtocolPage = pageOf(ProtocolInfo, 'ProtocolPage');

/** A saved list state: the query string of the list's URL. */
export const SavedView = z
  .object({
    id: Id,
    list: z.enum(['devices', 'jobs', 'audit']),
    name: z.string(),
    query: z.string(),
    shared: z.boolean(),
    mine: z.boolean(),
  })
  .meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof SavedView>;
export const SavedViewPage = pageOf(SavedView, 'SavedViewPage');
export const SaveView = z
  .strictObject({
    list: z.enum(['devices', 'jobs', 'audit']),
    name: z.string().trim().min(1).max(80),
    query: z.string().max(2000),
    shared: z.boolean().default(false),
  })
  .meta({ id: 'SaveView' });
export type SaveView = z.output<typeof SaveView>;
export const SavedViewQuery = z.strictObject({
  ...pageQuery,
  list: z.enum(['devices', 'jobs', 'audit']),
});
export type SavedViewQuery = z.output<typeof SavedViewQuery>;
