import { Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

/** Nothing to show, and what to do next. */
@Component({
  selector: 'drm-empty-state',
  imports: [Icon, MatButton, RouterLink],
  template: `
    <drm-icon [name]="icon()" />
    <h2>{{ heading() }}</h2>
    @if (text(); as text) {
      <p>{{ text }}</p>
    }
    @if (action(); as action) {
      @if (link(); as link) {
        <a matButton="filled" [routerLink]="link">{{ action }}</a>
      } @else {
        <button matButton="filled" type="button" (click)="act.emit()">{{ action }}</button>
      }
    }
    <ng-content />
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: 6px;
      padding: 40px 16px;
      text-align: center;
    }
    drm-icon {
      --drm-icon: 40px;
      color: var(--drm-text-soft);
    }
    p {
      max-inline-size: 56ch;
      color: var(--drm-text-soft);
    }
  `,
})
export class EmptyState {
  readonly icon = input<IconName>('info');
  readonly heading = input.required<string>();
  readonly text = input<string | null>(null);
  readonly action = input<string | null>(null);
  /** Where the action leads; without it `act` is emitted. */
  readonly link = input<string | readonly string[] | null>(null);
  readonly act = output();
}
