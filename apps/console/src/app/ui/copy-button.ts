import { Component, inject, input, signal } from '@angular/core';
import { Announcer } from './announcer.ts';
import { Icon } from './icon.ts';

/** Copies a text. Without a clipboard (plain http) it says so instead of failing silently. */
@Component({
  selector: 'drm-copy-button',
  imports: [Icon],
  template: `<button type="button" (click)="copy()" [attr.aria-label]="label()" [title]="label()">
    <drm-icon [name]="done() ? 'check' : 'copy'" />
  </button>`,
  styles: `
    button {
      display: inline-grid;
      place-items: center;
      inline-size: 26px;
      block-size: 26px;
      margin-block: -4px;
      padding: 0;
      border: 0;
      border-radius: 6px;
      background: none;
      color: inherit;
      cursor: pointer;
    }
    button:hover {
      background: var(--drm-panel-raised);
    }
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  readonly label = input('Copy');
  protected readonly done = signal(false);
  private readonly announcer = inject(Announcer);

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text());
      this.done.set(true);
      this.announcer.say('Copied');
      setTimeout(() => this.done.set(false), 2000);
    } catch {
      this.announcer.say('The browser does not allow copying here. Select the text instead.', true);
    }
  }
}
