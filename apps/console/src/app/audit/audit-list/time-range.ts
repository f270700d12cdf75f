import { Component, inject, input } from '@angular/core';
import { Router } from '@angular/router';

/** `2026-03-01T12:00` of this browser's zone for an ISO time; empty for none or nonsense. */
export function localInput(iso: string | undefined): string {
  const at = Date.parse(iso ?? '');
  if (Number.isNaN(at)) return '';
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The ISO time of a local one; null for none. */
export function isoOf(local: string): string | null {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** From and to, kept in the address as UTC. */
@Component({
  selector: 'drm-time-range',
  template: `
    <label class="drm-field">
      <span>From</span>
      <input
        class="drm-input"
        type="datetime-local"
        [value]="localInput(from())"
        (change)="set('from', $any($event.target).value)"
      />
    </label>
    <label class="drm-field">
      <span>To</span>
      <input
        class="drm-input"
        type="datetime-local"
        [value]="localInput(to())"
        (change)="set('to', $any($event.target).value)"
      />
    </label>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
    }
  `,
})
export class TimeRange {
  readonly from = input<string>();
  readonly to = input<string>();
  private readonly router = inject(Router);
  protected readonly localInput = localInput;

  protected set(key: 'from' | 'to', local: string): void {
    void this.router.navigate([], {
      queryParams: { [key]: isoOf(local), cursor: null },
      queryParamsHandling: 'merge',
    });
  }
}
