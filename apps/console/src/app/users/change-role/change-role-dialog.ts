import { Component, inject, resource, signal } from '@angular/core';
import { form, FormField, FormRoot } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { User } from '@drm/contracts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { Submission } from '../../form-fields/submission.ts';
import { RolesApi } from '../../roles/roles-api.ts';
import { Toasts } from '../../ui/toasts.ts';
import { UsersApi } from '../users-api.ts';

/** Gives a user another role. Closes with true when it was changed. */
@Component({
  selector: 'drm-change-role-dialog',
  imports: [
    FormField,
    FormProblem,
    FormRoot,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
  ],
  template: `
    <h2 mat-dialog-title>Role of {{ user.displayName }}</h2>
    <form [formRoot]="choice">
      <mat-dialog-content class="drm-form">
        <div class="drm-field">
          <label for="change-role">Role</label>
          <select id="change-role" class="drm-input" [formField]="choice.roleId">
            @for (role of roles.hasValue() ? roles.value() : []; track role.id) {
              @if (role.id !== 'platform-admin') {
                <option [value]="role.id">{{ role.name }}</option>
              }
            } @empty {
              <option [value]="user.roleId">{{ user.roleName }}</option>
            }
          </select>
          <span class="drm-hint">It takes effect at once, also where they are signed in.</span>
        </div>
        <drm-form-problem [problem]="submission.problem()" />
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" mat-dialog-close>Cancel</button>
        <button matButton="filled" type="submit" [disabled]="choice().submitting()">Change</button>
      </mat-dialog-actions>
    </form>
  `,
})
export class ChangeRoleDialog {
  private readonly api = inject(UsersApi);
  private readonly rolesApi = inject(RolesApi);
  private readonly toasts = inject(Toasts);
  private readonly dialog = inject<MatDialogRef<ChangeRoleDialog, boolean>>(MatDialogRef);
  protected readonly user = inject<User>(MAT_DIALOG_DATA);
  protected readonly roles = resource({ loader: () => this.rolesApi.all() });
  protected readonly submission = new Submission();
  private readonly model = signal({ roleId: this.user.roleId });
  protected readonly choice = form(this.model, {
    submission: {
      action: () =>
        this.submission.run(async () => {
          await this.api.update(this.user, this.model());
          this.toasts.ok(`${this.user.displayName} has another role now.`);
          this.dialog.close(true);
        }),
    },
  });
}
