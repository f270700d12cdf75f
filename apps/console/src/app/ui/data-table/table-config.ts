import type { Page, Permission } from '@drm/contracts';
import type { IconName } from '../icon-paths.ts';

/** One column. Its text comes from `cell`; a `<ng-template drmCell="id" let-row>` in the page draws it instead. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Plain text of the cell; null is shown as a dash. Invisible characters are made visible. */
  readonly cell: (row: Row) => string | number | null;
  /** The API sorts by this name; `-name` is descending. */
  readonly sort?: string;
  /** `age`: the cell is an ISO time, shown as an age. `code`: fixed-width type. */
  readonly kind?: 'text' | 'age' | 'number' | 'code';
  /** Left out of view until chosen in the column menu. */
  readonly isHidden?: boolean;
}

/** One control of the filter bar. `key` is both the key in the address and the API's query key. */
export interface TableFilter {
  readonly key: string;
  readonly title: string;
  readonly kind: 'search' | 'text' | 'select';
  readonly placeholder?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

export interface RowAction<Row> {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  /** The action is shown, but off, and this says why. */
  readonly disabledReason?: string | null;
  readonly run: (row: Row) => void;
}

export interface BulkAction<Row> {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Without it the action is not shown. */
  readonly permission?: Permission;
  readonly run: (selection: Selection<Row>) => void;
}

/** Rows chosen one by one, or everything that matches the filters minus exceptions. The latter means the filter, not the loaded rows. */
export type Selection<Row> =
  | { readonly mode: 'ids'; readonly ids: ReadonlySet<string>; readonly rows: readonly Row[] }
  | {
      readonly mode: 'query';
      /** The filter that was in force when "select all" was pressed. */
      readonly query: Readonly<Record<string, string>>;
      /** How many match, exceptions not subtracted. */
      readonly count: number;
      readonly exact: boolean;
      readonly except: ReadonlySet<string>;
    };

/** Everything that makes a list page: the table does the rest. */
export interface TableConfig<Row> {
  /** Says what the rows are: `Devices`. The table's accessible name. */
  readonly name: string;
  /** `/api/v1/devices` */
  readonly url: string;
  /** `(body) => DevicePage.parse(body)` */
  readonly parse: (body: unknown) => Page<Row>;
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  /** Names the row for the menu, the checkbox and the link. */
  readonly rowLabel: (row: Row) => string;
  /** The first visible column becomes a link to it. */
  readonly rowLink?: (row: Row) => readonly string[] | null;
  readonly filters?: readonly TableFilter[];
  /** Further keys of the address that go to the API but have no control in the bar. */
  readonly queryKeys?: readonly string[];
  /** Turns the filters of the address into the API's, e.g. `lastContact=1d` into a time. Absent: they are the same. */
  readonly toApi?: (filters: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Always sent, never in the address: `{ targetId: … }`. */
  readonly fixedQuery?: Readonly<Record<string, string>>;
  /** The API's own default, so that the address stays short: `name`, `-createdAt`. */
  readonly defaultSort?: string;
  readonly rowActions?: (row: Row) => readonly RowAction<Row>[];
  readonly bulk?: readonly BulkAction<Row>[];
  /** Answers `{ count, exact }` for a filter; makes "select all matching" possible. */
  readonly countUrl?: string;
  /** Shown when there is no row and no filter. */
  readonly empty: { readonly heading: string; readonly text: string };
  /** Set when two tables share a page: prefixes the keys in the address. */
  readonly addressPrefix?: string;
}
