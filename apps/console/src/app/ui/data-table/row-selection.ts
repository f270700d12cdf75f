import { computed, signal } from '@angular/core';
import type { Selection, TableConfig } from './table-config.ts';

/** Which rows are chosen: some of them, or all that match. */
export class RowSelection<Row> {
  private readonly rows = signal<ReadonlyMap<string, Row>>(new Map());
  private readonly all = signal<(Selection<Row> & { mode: 'query' }) | null>(null);

  constructor(private readonly config: () => TableConfig<Row>) {}

  readonly current = computed<Selection<Row> | null>(() => {
    const all = this.all();
    if (all !== null) return all;
    const rows = this.rows();
    return rows.size === 0
      ? null
      : { mode: 'ids', ids: new Set(rows.keys()), rows: [...rows.values()] };
  });

  /** How many are chosen. */
  readonly count = computed(() => {
    const selection = this.current();
    if (selection === null) return 0;
    return selection.mode === 'ids' ? selection.ids.size : selection.count - selection.except.size;
  });

  has(row: Row): boolean {
    const id = this.config().rowId(row);
    const all = this.all();
    return all === null ? this.rows().has(id) : !all.except.has(id);
  }

  toggle(row: Row): void {
    const id = this.config().rowId(row);
    const all = this.all();
    if (all !== null) {
      const except = new Set(all.except);
      if (!except.delete(id)) except.add(id);
      this.all.set({ ...all, except });
      return;
    }
    const rows = new Map(this.rows());
    if (!rows.delete(id)) rows.set(id, row);
    this.rows.set(rows);
  }

  /** Chooses or drops all rows of the page. */
  setPage(page: readonly Row[], isChosen: boolean): void {
    if (this.all() !== null && !isChosen) {
      this.clear();
      return;
    }
    const rows = new Map(this.rows());
    for (const row of page) {
      const id = this.config().rowId(row);
      if (isChosen) rows.set(id, row);
      else rows.delete(id);
    }
    this.rows.set(rows);
  }

  /** From now on everything that matches `query` is meant, also what is not loaded. */
  setQuery(query: Readonly<Record<string, string>>, count: number, exact: boolean): void {
    this.rows.set(new Map());
    this.all.set({ mode: 'query', query: { ...query }, count, exact, except: new Set() });
  }

  clear(): void {
    this.rows.set(new Map());
    this.all.set(null);
  }
}
