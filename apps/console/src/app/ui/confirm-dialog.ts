import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { Answer, Question } from './confirm.ts';

@Component({
  selector: 'drm-confirm-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  templateUrl: './confirm-dialog.html',
})
export class ConfirmDialog {
  protected readonly question = inject<Question & { tenant: string }>(MAT_DIALOG_DATA);
  private readonly dialog = inject<MatDialogRef<ConfirmDialog, Answer>>(MatDialogRef);
  protected readonly typed = signal('');
  protected readonly reason = signal('');
  protected readonly isReady = computed(
    () =>
      (this.question.typeToConfirm === undefined ||
        this.typed().trim() === this.question.typeToConfirm) &&
      (this.question.askReason !== true || this.reason().trim().length >= 3),
  );

  protected confirm(): void {
    if (!this.isReady()) return;
    const reason = this.reason().trim();
    this.dialog.close({ reason: reason === '' ? null : reason });
  }
}
