import type { DeviceFilter } from '@drm/contracts';

/** A condition over alias `d` of drm.device whose `tenant_id` is already compared; `params` follow the caller's. */
export interface FilterSql {
  readonly where: string;
  readonly params: readonly unknown[];
}

/** `%`, `_` and `\` of the text are escaped, so that they mean themselves. @param at `$n` of the text as typed */
export const likePattern = (at: string): string =>
  `'%' || replace(replace(replace(lower(${at}), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'`;

/** The parts of a filter that are compared on the device row itself. */
export type RowFilter = Omit<DeviceFilter, 'tag' | 'protocol'>;

/** Collects conditions and their parameters; `$1` is always the tenant. */
export class Conditions {
  readonly parts: string[] = [];

  constructor(readonly params: unknown[]) {}

  /** @param render gets the placeholder of the value */
  add(value: unknown, render: (at: string) => string): this {
    this.params.push(value);
    this.parts.push(render(`$${this.params.length}`));
    return this;
  }

  get where(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join(' AND ');
  }
}

/** Conditions on columns of the device row; `tag` and `protocol` through the row's copies. */
export function rowConditions(conditions: Conditions, filter: DeviceFilter): Conditions {
  if (filter.tag !== undefined) conditions.add(filter.tag, (at) => `d.tags @> ARRAY[${at}::text]`);
  if (filter.protocol !== undefined)
    conditions.add(filter.protocol, (at) => `d.protocols @> ARRAY[${at}::text]`);
  return scalarConditions(conditions, filter);
}

/** As `rowConditions`, without tag and protocol. */
export function scalarConditions(conditions: Conditions, filter: RowFilter): Conditions {
  if (filter.reachability !== undefined)
    conditions.add(filter.reachability, (at) => `d.reachability = ${at}`);
  contactConditions(conditions, filter);
  if (filter.q !== undefined)
    conditions.add(filter.q, (at) => `d.search_text LIKE ${likePattern(at)}`);
  return conditions;
}

/** A device never contacted has `contact_key` '-infinity': it is before every time. */
export function contactConditions(conditions: Conditions, filter: RowFilter): Conditions {
  if (filter.lastContactBefore !== undefined)
    conditions.add(filter.lastContactBefore, (at) => `d.contact_key < ${at}::timestamptz`);
  if (filter.lastContactAfter !== undefined)
    conditions.add(filter.lastContactAfter, (at) => `d.contact_key >= ${at}::timestamptz`);
  return conditions;
}

/**
 * The filter as SQL for a statement that takes every match, such as the frozen targets of a job:
 * `SELECT d.id FROM drm.device d WHERE d.tenant_id = $1 AND <where>`. The same devices match as in the list.
 * @param firstParam number of the first free placeholder, 2 when only the tenant stands before
 */
export function deviceFilterSql(filter: DeviceFilter, firstParam: number): FilterSql {
  const conditions = new Conditions(Array.from({ length: firstParam - 1 }));
  if (filter.tag !== undefined) {
    conditions.add(
      filter.tag,
      (at) =>
        `d.id IN (SELECT t.device_id FROM drm.device_tag t WHERE t.tenant_id = $1 AND t.tag = ${at})`,
    );
  }
  if (filter.protocol !== undefined) {
    conditions.add(
      filter.protocol,
      (at) =>
        `d.id IN (SELECT p.device_id FROM drm.device_endpoint p WHERE p.tenant_id = $1 AND p.protocol = ${at})`,
    );
  }
  scalarConditions(conditions, filter);
  return { where: conditions.where, params: conditions.params.slice(firstParam - 1) };
}
