import type { TableConfig } from './table-config.ts';

export const PAGE_SIZES = [50, 100, 200] as const;
export const DEFAULT_SIZE = 50;

/** The state of a list as its address tells it. */
export interface TableAddress {
  readonly filters: Readonly<Record<string, string>>;
  readonly sort: string | null;
  readonly size: number;
  readonly cursor: string | null;
  /** Columns whose visibility differs from the default. */
  readonly toggled: ReadonlySet<string>;
}

type AnyConfig = Pick<
  TableConfig<never>,
  'filters' | 'queryKeys' | 'addressPrefix' | 'defaultSort' | 'fixedQuery' | 'toApi'
>;

export interface QueryReader {
  get(key: string): string | null;
}

export const filterKeys = (config: AnyConfig): string[] => [
  ...(config.filters ?? []).map((filter) => filter.key),
  ...(config.queryKeys ?? []),
];

/** Reads the address; what is not understood falls back to the default. */
export function readAddress(config: AnyConfig, query: QueryReader): TableAddress {
  const prefix = config.addressPrefix ?? '';
  const filters: Record<string, string> = {};
  for (const key of filterKeys(config)) {
    const value = query.get(prefix + key)?.trim();
    if (value) filters[key] = value;
  }
  const size = Number(query.get(`${prefix}limit`));
  return {
    filters,
    sort: query.get(`${prefix}sort`),
    size: PAGE_SIZES.find((known) => known === size) ?? DEFAULT_SIZE,
    cursor: query.get(`${prefix}cursor`),
    toggled: new Set((query.get(`${prefix}columns`) ?? '').split(',').filter((id) => id !== '')),
  };
}

/** The API's filter for the filters of an address. */
export const apiFilters = (
  config: AnyConfig,
  filters: TableAddress['filters'],
): Record<string, string> => ({
  ...(config.toApi === undefined ? filters : config.toApi(filters)),
  ...config.fixedQuery,
});

/** The query of the API for a page of a list. */
export const apiQuery = (
  filters: Readonly<Record<string, string>>,
  address: TableAddress,
): Record<string, string> => ({
  ...filters,
  ...(address.sort !== null && { sort: address.sort }),
  ...(address.cursor !== null && { cursor: address.cursor }),
  limit: String(address.size),
});

/** Query parameters of the router for a change; null removes a key. A change of the rows starts at the first page. */
export function addressChange(
  config: AnyConfig,
  change: Partial<TableAddress>,
): Record<string, string | null> {
  const prefix = config.addressPrefix ?? '';
  const query: Record<string, string | null> = {};
  if (change.filters !== undefined) {
    for (const key of filterKeys(config)) query[prefix + key] = change.filters[key] ?? null;
  }
  if (change.sort !== undefined) {
    query[`${prefix}sort`] = change.sort === (config.defaultSort ?? null) ? null : change.sort;
  }
  if (change.size !== undefined) {
    query[`${prefix}limit`] = change.size === DEFAULT_SIZE ? null : String(change.size);
  }
  if (change.toggled !== undefined) {
    query[`${prefix}columns`] = change.toggled.size === 0 ? null : [...change.toggled].join(',');
  }
  const keepsPage = change.cursor === undefined && Object.keys(change).join() === 'toggled';
  if (!keepsPage) query[`${prefix}cursor`] = change.cursor ?? null;
  return query;
}

/** The next sort of a column: up, down, up … */
export const nextSort = (current: string | null, name: string): string =>
  current === name ? `-${name}` : name;
