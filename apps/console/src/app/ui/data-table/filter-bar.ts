import { Component, DestroyRef, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { TableFilter } from './table-config.ts';

/** Milliseconds of rest after which typed text counts. */
const REST_MS = 300;

let lastId = 0;

/** The filters above a list. What is chosen counts at once, what is typed after a short rest or Enter. */
@Component({
  selector: 'drm-filter-bar',
  imports: [MatButton],
  templateUrl: './filter-bar.html',
  styleUrl: './filter-bar.css',
})
export class FilterBar {
  readonly filters = input.required<readonly TableFilter[]>();
  readonly values = input.required<Readonly<Record<string, string>>>();
  readonly isFiltered = input(false);
  readonly changed = output<Readonly<Record<string, string>>>();
  readonly cleared = output();
  protected readonly id = `filter-${(lastId += 1)}-`;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Typed but not yet applied. */
  private pending: Record<string, string> = {};

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  protected type(key: string, value: string): void {
    this.pending[key] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.apply(), REST_MS);
  }

  protected set(key: string, value: string): void {
    this.pending[key] = value;
    this.apply();
  }

  protected clear(): void {
    clearTimeout(this.timer);
    this.pending = {};
    this.cleared.emit();
  }

  protected apply(): void {
    clearTimeout(this.timer);
    const merged: Record<string, string> = {};
    for (const [key, value] of Object.entries({ ...this.values(), ...this.pending })) {
      if (value.trim() !== '') merged[key] = value.trim();
    }
    this.pending = {};
    this.changed.emit(merged);
  }
}
