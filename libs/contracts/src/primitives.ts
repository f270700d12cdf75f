import * as z from 'zod';

/** UUIDv7 made by the application; any RFC 9562 UUID is accepted on input. */
export const Id = z.guid().meta({ description: 'UUID' });
export type Id = z.infer<typeof Id>;

/** ISO 8601 UTC text, e.g. `2026-03-01T12:00:00.000Z`. */
export const Timestamp = z.iso.datetime({ offset: true });

/** Any JSON value; used only where the shape belongs to a protocol, never for our own data. */
export const Json: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A path parameter that names one resource. */
export const IdParam = z.strictObject({ id: Id });
export type IdParam = z.infer<typeof IdParam>;
