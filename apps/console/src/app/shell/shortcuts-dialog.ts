import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { SHORTCUTS, Shortcuts } from './shortcuts.ts';

@Component({
  selector: 'drm-shortcuts-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>Keyboard shortcuts</h2>
    <mat-dialog-content class="drm-form">
      <dl class="drm-facts">
        @for (shortcut of list; track shortcut.what) {
          <dt>
            @for (key of shortcut.keys; track $index) {
              <kbd>{{ key }}</kbd>&ngsp;
            }
          </dt>
          <dd>{{ shortcut.what }}</dd>
        }
        <dt><kbd>F6</kbd></dt>
        <dd>Go to the messages</dd>
      </dl>
      <label class="drm-check">
        <input
          type="checkbox"
          [checked]="shortcuts.isOn()"
          (change)="shortcuts.switch($any($event.target).checked)"
        />
        Use single-key shortcuts
      </label>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton="filled" type="button" mat-dialog-close>Close</button>
    </mat-dialog-actions>
  `,
  styles: `
    kbd {
      padding: 1px 7px;
      border: 1px solid var(--drm-control-line);
      border-radius: 4px;
      font-family: var(--drm-mono);
    }
  `,
})
export class ShortcutsDialog {
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly list = SHORTCUTS;
}
