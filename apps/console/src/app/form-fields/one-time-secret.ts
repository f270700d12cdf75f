import { Component, input } from '@angular/core';
import { CopyButton } from '../ui/copy-button.ts';
import { Icon } from '../ui/icon.ts';

/** A link or key that is shown this once. */
@Component({
  selector: 'drm-one-time-secret',
  imports: [CopyButton, Icon],
  template: `
    <p class="warning">
      <drm-icon name="warning" /><span
        >Copy it now: it is not stored and cannot be shown again.</span
      >
    </p>
    <div class="secret">
      <code tabindex="0" [attr.aria-label]="label()">{{ secret() }}</code>
      <drm-copy-button [text]="secret()" [label]="'Copy: ' + label()" />
    </div>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    .warning {
      display: flex;
      gap: 8px;
      margin: 0;
    }
    .warning drm-icon {
      color: var(--drm-warn);
    }
    .secret {
      display: flex;
      gap: 8px;
      align-items: start;
      padding: 8px 10px;
      border: 1px solid var(--drm-control-line);
      border-radius: 6px;
      background: var(--drm-panel-raised);
    }
    code {
      flex: 1;
      min-inline-size: 0;
      overflow-wrap: anywhere;
      user-select: all;
    }
  `,
})
export class OneTimeSecret {
  readonly label = input.required<string>();
  readonly secret = input.required<string>();
}
