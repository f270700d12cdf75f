import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, validateTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { Router } from '@angular/router';
import { ProtocolPage, type CreateJob, type JobTargets } from '@drm/contracts';
import { asProblem, type ApiProblem } from '../../http/api-problem.ts';
import { Session } from '../../session/session.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Icon } from '../../ui/icon.ts';
import { isChanging, KIND_WORDS, planWords } from '../job-words.ts';
import { JobsApi } from '../jobs-api.ts';
import { InvalidMark } from '../../form-fields/invalid-mark.ts';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import { createJobOf, emptyDraft, EMPTY_VALUE, linesOf, offeredKinds } from './operation-draft.ts';
import {
  subtreeExamples,
  valueExamples,
  writableExamples,
  type PathExample,
} from './path-examples.ts';
import { SubmissionKey } from './submission-key.ts';
import { VALUE_TYPE_CHOICES } from './value-type-choices.ts';

/** What the dialog works on. `protocols` are those of the targets; empty when they are not known. */
export interface RunOperationData {
  readonly targets: JobTargets;
  readonly count: number;
  readonly protocols: readonly string[];
  readonly deviceName?: string;
}

/** Asks what to do with one or many devices, starts the job and goes to its page. */
@Component({
  selector: 'drm-run-operation-dialog',
  imports: [
    FieldErrors,
    FormField,
    FormRoot,
    InvalidMark,
    Icon,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
  ],
  templateUrl: './run-operation-dialog.html',
  styleUrl: './run-operation-dialog.css',
})
export class RunOperationDialog {
  private readonly api = inject(JobsApi);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly dialog = inject<MatDialogRef<RunOperationDialog>>(MatDialogRef);
  private readonly tenant = inject(Session).tenant()?.name ?? '';
  private readonly key = new SubmissionKey();
  protected readonly data = inject<RunOperationData>(MAT_DIALOG_DATA);

  protected readonly words = KIND_WORDS;
  protected readonly types = VALUE_TYPE_CHOICES;
  protected readonly examples = valueExamples(this.data.protocols);
  protected readonly subtrees = subtreeExamples(this.data.protocols);
  protected readonly writable = writableExamples(this.data.protocols);

  protected readonly protocols = httpResource(() => '/api/v1/protocols', {
    parse: (body) => ProtocolPage.parse(body).items,
  });
  protected readonly kinds = computed(() =>
    this.protocols.hasValue() ? offeredKinds(this.protocols.value(), this.data.protocols) : [],
  );
  protected readonly usable = computed(() =>
    this.protocols.hasValue()
      ? this.protocols
          .value()
          .filter((protocol) => this.data.protocols.includes(protocol.id))
          .filter((protocol) => protocol.capabilities.includes(this.draft().kind))
      : [],
  );

  protected readonly draft = signal(emptyDraft('get'));
  protected readonly result = computed(() => createJobOf(this.draft(), this.data.targets));
  protected readonly plan = computed(() => {
    const result = this.result();
    return result.ok ? planWords(result.job.operation, this.data, this.tenant) : null;
  });
  protected readonly problem = signal<ApiProblem | null>(null);

  protected readonly operation = form(
    this.draft,
    (path) => {
      validateTree(path, ({ fieldTree }) => {
        const result = this.result();
        if (result.ok) return [];
        return result.errors.map((error) => ({
          kind: 'draft',
          message: error.message,
          fieldTree:
            error.row === undefined
              ? fieldTree[error.field]
              : (fieldTree.values[error.row]?.value ?? fieldTree.values),
        }));
      });
    },
    {
      submission: {
        action: async () => {
          const result = this.result();
          if (result.ok) await this.start(result.job);
          return [];
        },
      },
    },
  );

  constructor() {
    // The first kind on offer is preselected once the protocols are known, unless the shown one can be done.
    effect(() => {
      const [first] = this.kinds();
      if (first && !this.kinds().includes(this.draft().kind)) this.draft.set(emptyDraft(first));
    });
  }

  protected addPath(example: PathExample): void {
    this.draft.update((draft) => ({
      ...draft,
      paths: [...new Set([...linesOf(draft.paths), example.path])].join('\n'),
    }));
  }

  protected usePath(example: PathExample): void {
    this.draft.update((draft) => ({ ...draft, path: example.path }));
  }

  protected addValue(path = ''): void {
    this.draft.update((draft) => {
      const filled = draft.values.filter((value) => value.path !== '' || value.value !== '');
      const kept = path === '' ? draft.values : filled;
      return { ...draft, values: [...kept, { ...EMPTY_VALUE, path }] };
    });
  }

  protected removeValue(row: number): void {
    this.draft.update((draft) => ({
      ...draft,
      values: draft.values.filter((_, index) => index !== row),
    }));
  }

  private async start(job: CreateJob): Promise<void> {
    this.problem.set(null);
    const { count } = this.data;
    if (isChanging(job.operation.kind) && count > 1) {
      const answer = await this.confirm.ask({
        title: `Change ${count.toLocaleString('en')} devices?`,
        text: `${planWords(job.operation, this.data, this.tenant)}. This changes the devices and cannot be taken back.`,
        action: KIND_WORDS[job.operation.kind],
        danger: true,
        typeToConfirm: String(count),
      });
      if (answer === null) return;
    }
    try {
      const created = await this.api.create(job, this.key.for(job));
      this.dialog.close(created.id);
      await this.router.navigate(['/jobs', created.id]);
    } catch (error) {
      this.problem.set(asProblem(error));
    }
  }
}
