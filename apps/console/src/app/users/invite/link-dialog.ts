import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { Invitation } from '@drm/contracts';
import { InvitationResult } from './invitation-result.ts';

/** Shows a password link once. */
@Component({
  selector: 'drm-link-dialog',
  imports: [
    InvitationResult,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
  ],
  template: `
    <h2 mat-dialog-title>Password link</h2>
    <mat-dialog-content><drm-invitation-result [invitation]="invitation" /></mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton="filled" type="button" mat-dialog-close>Done</button>
    </mat-dialog-actions>
  `,
})
export class LinkDialog {
  protected readonly invitation = inject<Invitation>(MAT_DIALOG_DATA);
}
