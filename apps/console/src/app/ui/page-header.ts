import { Component, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { PageTitle } from '../shell/page-title.ts';

/** The heading of a page, its way back and its actions (projected). The heading takes the focus after a navigation. */
@Component({
  selector: 'drm-page-header',
  imports: [RouterLink],
  template: `
    <div class="words">
      @if (back(); as back) {
        <a class="back" [routerLink]="back.path">{{ back.label }}</a>
      }
      <h1 tabindex="-1">{{ heading() }}</h1>
      <ng-content select="[headerNote]" />
    </div>
    <div class="drm-actions"><ng-content /></div>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: end;
      justify-content: space-between;
      gap: 8px 16px;
    }
    .words {
      min-inline-size: 0;
    }
    .back {
      display: inline-block;
      margin-block-end: 2px;
      font-size: 13px;
    }
    .back::before {
      content: '‹ ' / '';
    }
  `,
})
export class PageHeader {
  readonly heading = input.required<string>();
  readonly back = input<{ label: string; path: string | readonly string[] } | null>(null);

  constructor() {
    const title = inject(PageTitle);
    effect(() => title.show(this.heading()));
  }
}
