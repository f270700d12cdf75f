import { Component, computed, inject, signal } from '@angular/core';
import {
  form,
  FormField,
  FormRoot,
  maxLength,
  minLength,
  required,
  validate,
} from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { PASSWORD_MAX, PASSWORD_MIN } from '@drm/contracts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { Submission } from '../../form-fields/submission.ts';
import { Session } from '../../session/session.ts';
import { Toasts } from '../../ui/toasts.ts';
import { SettingsApi } from '../settings-api.ts';

const EMPTY = { currentPassword: '', newPassword: '', again: '' };

/** Who I am here, and my password. */
@Component({
  selector: 'drm-profile',
  imports: [FieldErrors, FormField, FormProblem, FormRoot, InvalidMark, MatButton],
  templateUrl: './profile.html',
  styles: `
    form {
      max-inline-size: 420px;
    }
    h2 {
      margin-block-end: 10px;
    }
  `,
})
export class Profile {
  private readonly api = inject(SettingsApi);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);
  protected readonly shortest = PASSWORD_MIN;
  protected readonly user = this.session.user;
  protected readonly tenant = this.session.tenant;
  protected readonly permissions = computed(() => [...this.session.permissions()]);
  protected readonly submission = new Submission();
  private readonly model = signal({ ...EMPTY });
  protected readonly password = form(
    this.model,
    (path) => {
      required(path.currentPassword, { message: 'Enter the password you have now.' });
      required(path.newPassword, { message: 'Enter a new password.' });
      minLength(path.newPassword, PASSWORD_MIN, {
        message: `At least ${PASSWORD_MIN} characters. A sentence is a good one.`,
      });
      maxLength(path.newPassword, PASSWORD_MAX, { message: `At most ${PASSWORD_MAX} characters.` });
      validate(path.again, ({ value, valueOf }) =>
        value() === valueOf(path.newPassword)
          ? null
          : { kind: 'different', message: 'The two passwords are not the same.' },
      );
    },
    {
      submission: {
        action: (password) =>
          this.submission.run(() => this.change(), {
            currentPassword: password.currentPassword,
            newPassword: password.newPassword,
          }),
      },
    },
  );

  private async change(): Promise<void> {
    const { currentPassword, newPassword } = this.model();
    await this.api.changePassword({ currentPassword, newPassword });
    this.password().reset({ ...EMPTY });
    this.toasts.ok('The password is changed. Other sessions of yours have ended.');
  }
}
