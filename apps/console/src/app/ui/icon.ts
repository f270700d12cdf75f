import { Component, computed, input } from '@angular/core';
import { ICONS, type IconName } from './icon-paths.ts';

/** A line icon, drawn inline: no icon font, nothing fetched. It is decoration: a word always stands beside it or in a label. */
@Component({
  selector: 'drm-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path [attr.d]="path()" />
  </svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      inline-size: var(--drm-icon, 18px);
      block-size: var(--drm-icon, 18px);
      vertical-align: -4px;
    }
    svg {
      inline-size: 100%;
      block-size: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => ICONS[this.name()]);
}
