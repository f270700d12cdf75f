import { Component, computed, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, required, validateTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { Tenant } from '@drm/contracts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { FormProblem } from '../../form-fields/form-problem.ts';
import { issueWords } from '../../form-fields/issue-words.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { Submission } from '../../form-fields/submission.ts';
import { Toasts } from '../../ui/toasts.ts';
import { TenantsApi } from '../tenants-api.ts';
import { createOf, draftOf, slugFrom, updateOf, type TenantDraft } from './tenant-draft.ts';

/** Makes a tenant, or changes its name and limits. Closes with true when it was saved. */
@Component({
  selector: 'drm-edit-tenant-dialog',
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
  ],
  templateUrl: './edit-tenant-dialog.html',
})
export class EditTenantDialog {
  private readonly api = inject(TenantsApi);
  private readonly toasts = inject(Toasts);
  private readonly dialog = inject<MatDialogRef<EditTenantDialog, boolean>>(MatDialogRef);
  protected readonly tenant = inject<Tenant | null>(MAT_DIALOG_DATA);
  protected readonly submission = new Submission();
  private readonly model = signal<TenantDraft>(draftOf(this.tenant));
  protected readonly proposedSlug = computed(() => slugFrom(this.model().name));
  protected readonly draft = form(
    this.model,
    (path) => {
      required(path.name, { message: 'Enter a name.' });
      validateTree(path, ({ value, fieldTree }) => {
        const checked = this.tenant ? updateOf(value()) : createOf(value());
        if (checked.success || value().name.trim() === '') return [];
        return checked.error.issues.map((issue) => ({
          kind: 'contract',
          message: issueWords(issue),
          fieldTree: fieldTree[String(issue.path.at(-1)) as keyof TenantDraft] ?? fieldTree,
        }));
      });
    },
    {
      submission: {
        action: (draft) =>
          this.submission.run(() => this.save(), { name: draft.name, slug: draft.slug }),
      },
    },
  );

  private async save(): Promise<void> {
    if (this.tenant) await this.api.update(this.tenant, updateOf(this.model()).data ?? {});
    else {
      const created = createOf(this.model()).data;
      if (created) await this.api.create(created);
    }
    this.toasts.ok(`The tenant ${this.model().name.trim()} is saved.`);
    this.dialog.close(true);
  }
}
