import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { SaveView } from '@drm/contracts';

@Component({
  selector: 'drm-save-view-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>Save this view</h2>
    <form (submit)="$event.preventDefault(); save()">
      <mat-dialog-content class="drm-form">
        <label class="drm-field">
          <span>Name</span>
          <input
            class="drm-input"
            maxlength="80"
            autocomplete="off"
            [value]="name()"
            (input)="name.set($any($event.target).value)"
          />
          <span class="drm-hint">Filters, sorting and columns are kept.</span>
        </label>
        <label class="drm-check">
          <input
            type="checkbox"
            [checked]="shared()"
            (change)="shared.set($any($event.target).checked)"
          />
          Everyone in the tenant may use it
        </label>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" mat-dialog-close>Cancel</button>
        <button matButton="filled" type="submit" [disabled]="name().trim() === ''">Save</button>
      </mat-dialog-actions>
    </form>
  `,
})
export class SaveViewDialog {
  private readonly dialog =
    inject<MatDialogRef<SaveViewDialog, Pick<SaveView, 'name' | 'shared'>>>(MatDialogRef);
  protected readonly name = signal('');
  protected readonly shared = signal(false);

  protected save(): void {
    const name = this.name().trim();
    if (name !== '') this.dialog.close({ name, shared: this.shared() });
  }
}
