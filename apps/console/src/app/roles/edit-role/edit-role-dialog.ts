import { Component, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, maxLength, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { Permission, Role } from '@drm/contracts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { Submission } from '../../form-fields/submission.ts';
import { Session } from '../../session/session.ts';
import { Toasts } from '../../ui/toasts.ts';
import { PermissionChecklist } from '../permission-checklist.ts';
import { inOrder } from '../permission-matrix.ts';
import { RolesApi } from '../roles-api.ts';

/** The role to change, or the one to copy, or neither for a new one. */
export interface EditRoleData {
  readonly role: Role | null;
  readonly copyOf: Role | null;
}

/** Makes or changes an own role. Closes with true when it was saved. */
@Component({
  selector: 'drm-edit-role-dialog',
  imports: [
    FieldErrors,
    FormField,
    FormProblem,
    FormRoot,
    InvalidMark,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    PermissionChecklist,
  ],
  template: `
    <h2 mat-dialog-title>{{ data.role ? 'Change the role ' + data.role.name : 'New role' }}</h2>
    <form [formRoot]="role">
      <mat-dialog-content class="drm-form">
        <div class="drm-field">
          <label for="role-name">Name</label>
          <input
            id="role-name"
            class="drm-input"
            autocomplete="off"
            aria-describedby="role-name-error"
            [formField]="role.name"
          />
          <drm-field-errors id="role-name-error" [of]="role.name()" />
        </div>
        <drm-permission-checklist
          [chosen]="role.permissions().value()"
          [own]="own()"
          (chosenChange)="choose($event)"
        />
        <drm-field-errors [of]="role.permissions()" />
        <drm-form-problem [problem]="submission.problem()" />
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" mat-dialog-close>Cancel</button>
        <button matButton="filled" type="submit" [disabled]="role().submitting()">Save</button>
      </mat-dialog-actions>
    </form>
  `,
})
export class EditRoleDialog {
  private readonly api = inject(RolesApi);
  private readonly toasts = inject(Toasts);
  private readonly dialog = inject<MatDialogRef<EditRoleDialog, boolean>>(MatDialogRef);
  protected readonly data = inject<EditRoleData>(MAT_DIALOG_DATA);
  protected readonly own = inject(Session).permissions;
  protected readonly submission = new Submission();
  private readonly model = signal<{ name: string; permissions: ReadonlySet<Permission> }>({
    name: this.data.role?.name ?? (this.data.copyOf ? `${this.data.copyOf.name} copy` : ''),
    permissions: new Set(
      (this.data.role ?? this.data.copyOf)?.permissions ?? (['devices:read', 'jobs:read'] as const),
    ),
  });
  protected readonly role = form(
    this.model,
    (path) => {
      required(path.name, { message: 'Enter a name.' });
      maxLength(path.name, 80, { message: 'At most 80 characters.' });
      validate(path.permissions, ({ value }) =>
        value().size === 0 ? { kind: 'empty', message: 'Choose at least one permission.' } : null,
      );
    },
    {
      submission: {
        action: (role) =>
          this.submission.run(() => this.save(), {
            name: role.name,
            permissions: role.permissions,
          }),
      },
    },
  );

  protected choose(permissions: ReadonlySet<Permission>): void {
    this.model.update((model) => ({ ...model, permissions }));
  }

  private async save(): Promise<void> {
    const { name, permissions } = this.model();
    const role = { name: name.trim(), permissions: inOrder(permissions) };
    if (this.data.role) await this.api.update(this.data.role, role);
    else await this.api.create(role);
    this.toasts.ok(`The role ${role.name} is saved.`);
    this.dialog.close(true);
  }
}
