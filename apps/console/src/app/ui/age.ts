import { Component, computed, inject, input } from '@angular/core';
import { Clock } from './clock.ts';
import { ageText, exactTime } from './time.ts';

/** How long ago (or until) something is; the exact local and UTC time on hover. `never` when there is no time. */
@Component({
  selector: 'drm-age',
  styles: `
    :host {
      white-space: nowrap;
    }
  `,
  template: `@if (at(); as at) {
      <time [attr.datetime]="at" [title]="exact()">{{ text() }}</time>
    } @else {
      <span class="drm-soft">{{ never() }}</span>
    }`,
})
export class Age {
  readonly at = input.required<string | null | undefined>();
  readonly never = input('never');
  private readonly clock = inject(Clock);
  protected readonly text = computed(() => ageText(this.at() ?? '', Math.max(this.clock.now(), 0)));
  protected readonly exact = computed(() => exactTime(this.at() ?? ''));
}
