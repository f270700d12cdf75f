import { Component, input } from '@angular/core';
import { Icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle';

/** A state: icon, word and colour together, never colour alone. */
@Component({
  selector: 'drm-status-chip',
  imports: [Icon],
  template: `<span [class]="tone()"><drm-icon [name]="icon()" />{{ label() }}</span>`,
  styles: `
    span {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      padding: 1px 8px 1px 5px;
      border: 1px solid color-mix(in srgb, currentColor 22%, transparent);
      border-radius: 11px;
      font-size: 12px;
      font-weight: 500;
      line-height: 18px;
      white-space: nowrap;
    }
    .ok {
      color: var(--drm-ok);
      background: var(--drm-ok-soft);
    }
    .warn {
      color: var(--drm-warn);
      background: var(--drm-warn-soft);
    }
    .bad {
      color: var(--drm-bad);
      background: var(--drm-bad-soft);
    }
    .info {
      color: var(--drm-info);
      background: var(--drm-info-soft);
    }
    .idle {
      color: var(--drm-idle);
      background: var(--drm-idle-soft);
    }
    @media (forced-colors: active) {
      span {
        border-color: CanvasText;
      }
    }
  `,
})
export class StatusChip {
  readonly tone = input.required<Tone>();
  readonly icon = input.required<IconName>();
  readonly label = input.required<string>();
}
