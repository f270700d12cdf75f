import { Component, computed, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, maxLength, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { CreatedApiKey, Permission } from '@drm/contracts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { OneTimeSecret } from '../../form-fields/one-time-secret.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { Submission } from '../../form-fields/submission.ts';
import { PermissionChecklist } from '../../roles/permission-checklist.ts';
import { inOrder } from '../../roles/permission-matrix.ts';
import { Session } from '../../session/session.ts';
import { localTime } from '../../ui/time.ts';
import { ApiKeysApi } from '../api-keys-api.ts';

/** Makes an API key and shows it once. Closes with true when one was made. */
@Component({
  selector: 'drm-create-key-dialog',
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
    OneTimeSecret,
    PermissionChecklist,
  ],
  templateUrl: './create-key-dialog.html',
})
export class CreateKeyDialog {
  private readonly api = inject(ApiKeysApi);
  private readonly dialog = inject<MatDialogRef<CreateKeyDialog, boolean>>(MatDialogRef);
  protected readonly own = inject(Session).permissions;
  protected readonly localTime = localTime;
  protected readonly submission = new Submission();
  protected readonly created = signal<CreatedApiKey | null>(null);
  protected readonly example = computed(
    () =>
      `curl -H "Authorization: Bearer ${this.created()?.key ?? ''}" ${location.origin}/api/v1/devices`,
  );
  private readonly model = signal<{
    name: string;
    permissions: ReadonlySet<Permission>;
    expiresInDays: string;
  }>({ name: '', permissions: new Set(['devices:read', 'jobs:read']), expiresInDays: '90' });
  protected readonly key = form(
    this.model,
    (path) => {
      required(path.name, { message: 'Enter a name, such as the script that uses it.' });
      maxLength(path.name, 80, { message: 'At most 80 characters.' });
      validate(path.permissions, ({ value }) =>
        value().size === 0 ? { kind: 'empty', message: 'Choose at least one permission.' } : null,
      );
    },
    {
      submission: {
        action: (key) =>
          this.submission.run(() => this.create(), {
            name: key.name,
            permissions: key.permissions,
          }),
      },
    },
  );

  protected choose(permissions: ReadonlySet<Permission>): void {
    this.model.update((model) => ({ ...model, permissions }));
  }

  protected done(): void {
    this.dialog.close(true);
  }

  private async create(): Promise<void> {
    const { name, permissions, expiresInDays } = this.model();
    const created = await this.api.create({
      name: name.trim(),
      permissions: inOrder(permissions),
      expiresInDays: Number(expiresInDays),
    });
    this.created.set(created);
    // Esc and a click beside would lose the key, which is shown this once.
    this.dialog.disableClose = true;
  }
}
