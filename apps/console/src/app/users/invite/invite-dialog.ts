import { Component, inject, resource, signal } from '@angular/core';
import {
  email,
  form,
  FormField,
  FormRoot,
  required,
  validateStandardSchema,
} from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { InviteUser, type Invitation } from '@drm/contracts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { Submission } from '../../form-fields/submission.ts';
import { RolesApi } from '../../roles/roles-api.ts';
import { UsersApi } from '../users-api.ts';
import { InvitationResult } from './invitation-result.ts';

/** Invites a person, then shows the one-time link. Closes with true when somebody was invited. */
@Component({
  selector: 'drm-invite-dialog',
  imports: [
    FieldErrors,
    FormField,
    FormProblem,
    FormRoot,
    InvalidMark,
    InvitationResult,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
  ],
  templateUrl: './invite-dialog.html',
})
export class InviteDialog {
  private readonly api = inject(UsersApi);
  private readonly rolesApi = inject(RolesApi);
  private readonly dialog = inject<MatDialogRef<InviteDialog, boolean>>(MatDialogRef);
  protected readonly roles = resource({ loader: () => this.rolesApi.all() });
  protected readonly submission = new Submission();
  protected readonly invitation = signal<Invitation | null>(null);
  private readonly model = signal({ email: '', displayName: '', roleId: 'operator' });
  protected readonly person = form(
    this.model,
    (path) => {
      required(path.email, { message: 'Enter an e-mail address.' });
      email(path.email, { message: 'This is no e-mail address.' });
      required(path.displayName, { message: 'Enter a name.' });
      validateStandardSchema(path, InviteUser);
    },
    {
      submission: {
        action: (person) =>
          this.submission.run(
            async () => {
              this.invitation.set(await this.api.invite(this.model()));
              // Esc and a click beside would lose the link, which is shown this once.
              this.dialog.disableClose = true;
            },
            { email: person.email, displayName: person.displayName },
          ),
      },
    },
  );

  protected done(): void {
    this.dialog.close(true);
  }
}
