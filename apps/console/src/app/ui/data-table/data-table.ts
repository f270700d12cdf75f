import { NgTemplateOutlet } from '@angular/common';
import { HttpClient, httpResource } from '@angular/common/http';
import {
  Component,
  computed,
  contentChildren,
  effect,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  untracked,
} from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import type { Count, Page } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { Session } from '../../session/session.ts';
import { Age } from '../age.ts';
import { Announcer } from '../announcer.ts';
import { Clock } from '../clock.ts';
import { EmptyState } from '../empty-state.ts';
import { Icon } from '../icon.ts';
import { ProblemView } from '../problem-view.ts';
import { numberText } from '../time.ts';
import { Toasts } from '../toasts.ts';
import { visibleText } from '../visible-text.ts';
import { BulkBar } from './bulk-bar.ts';
import { Cell } from './cell.ts';
import { ColumnMenu } from './column-menu.ts';
import { FilterBar } from './filter-bar.ts';
import { RowSelection } from './row-selection.ts';
import {
  apiFilters,
  apiQuery,
  nextSort,
  PAGE_SIZES,
  readAddress,
  type TableAddress,
} from './table-address.ts';
import { TableNavigation } from './table-navigation.ts';
import type { BulkAction, Column, RowAction, TableConfig } from './table-config.ts';

/** A list page: filters, sorting and paging on the server, all of it in the address. */
@Component({
  selector: 'drm-data-table',
  imports: [
    Age,
    BulkBar,
    ColumnMenu,
    EmptyState,
    FilterBar,
    Icon,
    MatButton,
    MatIconButton,
    MatMenu,
    MatMenuContent,
    MatMenuItem,
    MatMenuTrigger,
    NgTemplateOutlet,
    ProblemView,
    RouterLink,
  ],
  providers: [TableNavigation],
  templateUrl: './data-table.html',
  styleUrl: './data-table.css',
})
export class DataTable<Row> {
  readonly config = input.required<TableConfig<Row>>();
  /** The rows on screen, after each load. */
  readonly loaded = output<readonly Row[]>();

  private readonly navigation = inject(TableNavigation);
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly announcer = inject(Announcer);
  private readonly toasts = inject(Toasts);
  private readonly clock = inject(Clock);
  private readonly cells = contentChildren(Cell);

  protected readonly sizes = PAGE_SIZES;
  protected readonly skeleton = Array.from({ length: 8 }, (_, index) => index);
  protected readonly isCounting = signal(false);
  readonly address = computed(() => readAddress(this.config(), this.navigation.query()), {
    equal: (a, b) => JSON.stringify([a, [...a.toggled]]) === JSON.stringify([b, [...b.toggled]]),
  });
  private readonly addressFilters = computed(() => this.address().filters, {
    equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  private readonly url = computed(() => this.config().url);
  private readonly fixedQuery = computed(() => this.config().fixedQuery, {
    equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  /** Computed once a filter, not once a page: a relative time must stay the same from page to page. */
  private readonly filters = computed(() => {
    const { toApi } = untracked(this.config);
    const fixedQuery = this.fixedQuery();
    return apiFilters(
      { ...(toApi && { toApi }), ...(fixedQuery && { fixedQuery }) },
      this.addressFilters(),
    );
  });
  protected readonly resource = httpResource<Page<Row>>(
    () => ({ url: this.url(), params: apiQuery(this.filters(), this.address()) }),
    { parse: (body) => untracked(this.config).parse(body) },
  );
  /** The last page that came; it stays on screen, dimmed, while the next one loads. */
  protected readonly page = linkedSignal<Page<Row> | null, Page<Row> | null>({
    source: () => (this.resource.hasValue() ? this.resource.value() : null),
    computation: (next, previous) => next ?? previous?.value ?? null,
  });
  readonly selection = new RowSelection<Row>(() => this.config());
  /** The rows that are on screen. */
  readonly rows = computed(() => this.page()?.items ?? []);

  /** Rows that have a menu. */
  protected readonly actionable = computed<ReadonlySet<Row>>(() => {
    const { rowActions } = this.config();
    return new Set(
      rowActions === undefined ? [] : this.rows().filter((row) => rowActions(row).length > 0),
    );
  });

  protected readonly sort = computed(
    () => this.address().sort ?? this.config().defaultSort ?? null,
  );
  protected readonly columns = computed(() => {
    const { toggled } = this.address();
    return this.config().columns.filter(
      (column) => (column.isHidden === true) === toggled.has(column.id),
    );
  });
  protected readonly templates = computed(
    () => new Map(this.cells().map((cell) => [cell.drmCell(), cell.template])),
  );
  protected readonly bulk = computed<readonly BulkAction<Row>[]>(() =>
    (this.config().bulk ?? []).filter(
      (action) => action.permission === undefined || this.session.can(action.permission),
    ),
  );
  protected readonly isFiltered = computed(() => Object.keys(this.address().filters).length > 0);
  protected readonly isPageChosen = computed(
    () => this.rows().length > 0 && this.rows().every((row) => this.selection.has(row)),
  );
  protected readonly isPartChosen = computed(
    () => !this.isPageChosen() && this.rows().some((row) => this.selection.has(row)),
  );
  protected readonly before = this.navigation.before;
  private readonly isQuiet = signal(false);
  /** A load that the person asked for. */
  protected readonly isBusy = computed(() => this.resource.isLoading() && !this.isQuiet());

  constructor() {
    effect(() => {
      const page = this.page();
      if (page === null) return;
      untracked(() => {
        this.clock.tick();
        this.loaded.emit(page.items);
        if (this.resource.isLoading() || this.isQuiet()) return;
        const rows = page.items.length;
        this.announcer.say(
          `${this.config().name}: ${rows} ${rows === 1 ? 'row' : 'rows'}${page.nextCursor === null ? '' : ', more on the next page'}`,
        );
      });
    });
    // "All matching" means the filter it was chosen under: another filter ends it.
    effect(() => {
      this.addressFilters();
      untracked(() => this.selection.clear());
    });
  }

  /** Fetches the page on screen again. Quiet: nothing is dimmed or announced; for pages that do it by themselves. */
  reload(options: { readonly quiet?: boolean } = {}): void {
    this.isQuiet.set(options.quiet === true);
    this.resource.reload();
  }

  protected text(column: Column<Row>, row: Row): string {
    const value = column.cell(row);
    if (value === null || value === '') return '–';
    return typeof value === 'number' ? numberText(value) : visibleText(value);
  }

  protected label(row: Row): string {
    return visibleText(this.config().rowLabel(row));
  }

  protected actionsOf(row: Row): readonly RowAction<Row>[] {
    return this.config().rowActions?.(row) ?? [];
  }

  protected ariaSort(column: Column<Row>): 'ascending' | 'descending' | 'none' | null {
    if (column.sort === undefined) return null;
    if (this.sort() === column.sort) return 'ascending';
    return this.sort() === `-${column.sort}` ? 'descending' : 'none';
  }

  protected sortBy(name: string): void {
    this.go({ sort: nextSort(this.sort(), name) });
  }

  protected setFilters(filters: Readonly<Record<string, string>>): void {
    this.go({ filters }, { replaceUrl: true });
  }

  protected clearFilters(): void {
    this.go({ filters: {} });
  }

  protected setSize(size: string): void {
    this.go({ size: Number(size) });
  }

  protected setToggled(toggled: ReadonlySet<string>): void {
    this.go({ toggled }, { replaceUrl: true, cursors: this.before() });
  }

  protected nextPage(): void {
    const cursor = this.page()?.nextCursor;
    if (!cursor) return;
    this.go({ cursor }, { cursors: [...this.before(), this.address().cursor ?? ''] });
  }

  protected previousPage(): void {
    const cursors = [...this.before()];
    const cursor = cursors.pop() ?? '';
    this.go({ cursor: cursor === '' ? null : cursor }, { cursors });
  }

  protected firstPage(): void {
    this.go({ cursor: null });
  }

  /** Asks how many match, and means all of them. */
  protected async chooseAll(): Promise<void> {
    const url = this.config().countUrl;
    if (url === undefined) return;
    const query = this.filters();
    this.isCounting.set(true);
    try {
      const found = await firstValueFrom(
        this.http.get<Count>(url, { params: { ...query, exact: true } }),
      );
      this.selection.setQuery(query, found.count, found.exact);
      this.announcer.say(`All ${numberText(found.count)} matching rows are selected`);
    } catch (error) {
      this.toasts.problem(error, 'The matching rows were not counted');
    } finally {
      this.isCounting.set(false);
    }
  }

  private go(
    change: Partial<TableAddress>,
    how: { replaceUrl?: boolean; cursors?: readonly string[] } = {},
  ): void {
    this.isQuiet.set(false);
    this.navigation.go(this.config(), change, how);
  }
}
