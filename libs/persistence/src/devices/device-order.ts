import type { DeviceSort } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { decodeCursor, encodeCursor } from '../tenancy/keyset.ts';

/** The last device of a page: its sort key as the database prints it (null when sorted by id) and its id. */
export interface DevicePosition {
  readonly key: string | null;
  readonly id: string;
}

/** How a sort is spelled in SQL. Sorted by `createdAt` means by id: ids are UUIDv7. */
export interface DeviceOrder {
  readonly sort: DeviceSort;
  readonly column: 'name_key' | 'contact_key' | null;
  readonly cast: 'text' | 'timestamptz';
  readonly descending: boolean;
}

const COLUMNS = { name: 'name_key', createdAt: null, lastContactAt: 'contact_key' } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^(-infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2})$/;

export function deviceOrder(sort: DeviceSort): DeviceOrder {
  const descending = sort.startsWith('-');
  const column = COLUMNS[(descending ? sort.slice(1) : sort) as keyof typeof COLUMNS];
  return { sort, column, cast: column === 'contact_key' ? 'timestamptz' : 'text', descending };
}

export const deviceCursor = (order: DeviceOrder, position: DevicePosition): string =>
  encodeCursor('devices', order.sort, [position.key, position.id]);

/** @throws DomainError `request.bad_cursor` */
export function devicePosition(order: DeviceOrder, cursor: string): DevicePosition {
  const [key, id] = decodeCursor('devices', order.sort, cursor, 2);
  const keyFits =
    order.column === null
      ? key === null
      : typeof key === 'string' &&
        !key.includes('\0') &&
        (order.column === 'name_key' || INSTANT.test(key));
  if (!keyFits || typeof id !== 'string' || !UUID.test(id))
    throw new DomainError('request.bad_cursor', 'Begin again without a cursor.');
  return { key: order.column === null ? null : String(key), id };
}

/** `ORDER BY` of an alias, e.g. `d.name_key DESC, d.id DESC`. */
export function orderBy(order: DeviceOrder, alias: string, id = 'id'): string {
  const direction = order.descending ? ' DESC' : '';
  const key = order.column === null ? '' : `${alias}.${order.column}${direction}, `;
  return `${key}${alias}.${id}${direction}`;
}

/** The keyset condition of an alias; pushes its parameters. */
export function afterPosition(
  order: DeviceOrder,
  position: DevicePosition,
  params: unknown[],
  alias: string,
  id = 'id',
): string {
  const compare = order.descending ? '<' : '>';
  params.push(position.id);
  const idAt = `$${params.length}::uuid`;
  if (order.column === null) return `${alias}.${id} ${compare} ${idAt}`;
  params.push(position.key);
  return `(${alias}.${order.column}, ${alias}.${id}) ${compare} ($${params.length}::${order.cast}, ${idAt})`;
}
