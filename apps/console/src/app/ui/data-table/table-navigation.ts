import { Location } from '@angular/common';
import { computed, inject, Injectable, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { addressChange, type TableAddress } from './table-address.ts';

type Changed = Parameters<typeof addressChange>[0];

/** Reads and changes the address a list lives at. Provided by each table. */
@Injectable()
export class TableNavigation {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly history = inject(Location);
  readonly query = toSignal(this.route.queryParamMap, { requireSync: true });
  /** Cursors of the pages before this one; kept with the history entry, so that back and reload know them too. */
  readonly before = computed<readonly string[]>(() => {
    this.query();
    return untracked(() => this.cursorsOfHistory());
  });

  /** Goes to a changed address. Without `cursors` that is a first page. */
  go(
    config: Changed,
    change: Partial<TableAddress>,
    how: { replaceUrl?: boolean; cursors?: readonly string[] } = {},
  ): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: addressChange(config, change),
      queryParamsHandling: 'merge',
      replaceUrl: how.replaceUrl ?? false,
      state: { cursors: how.cursors ?? [] },
    });
  }

  private cursorsOfHistory(): readonly string[] {
    const state = this.history.getState() as { cursors?: unknown } | null;
    return Array.isArray(state?.cursors) ? (state.cursors as string[]) : [];
  }
}
