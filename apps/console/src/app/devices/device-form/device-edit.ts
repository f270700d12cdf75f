import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { form, FormRoot, validateTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Device, type UpdateDevice } from '@drm/contracts';
import { devicePath } from '../../app.paths.ts';
import { type ApiProblem, asProblem } from '../../http/api-problem.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { Toasts } from '../../ui/toasts.ts';
import { type HasUnsavedChanges, holdPage } from '../../ui/unsaved-changes.ts';
import { VisibleText, visibleText } from '../../ui/visible-text.ts';
import { DevicesApi, deviceUrl } from '../devices-api.ts';
import {
  changeOf,
  conflictsOf,
  type DeviceDraft,
  type DraftField,
  draftOf,
  EMPTY_DRAFT,
  mergeDraft,
} from './device-draft.ts';
import { DeviceFields } from './device-fields.ts';
import { FormProblem } from './form-problem.ts';

@Component({
  selector: 'drm-device-edit',
  imports: [
    DeviceFields,
    FormProblem,
    FormRoot,
    MatButton,
    PageHeader,
    ProblemView,
    RouterLink,
    VisibleText,
  ],
  templateUrl: './device-edit.html',
  host: { '(window:beforeunload)': 'hold($event)' },
})
export class DeviceEdit implements HasUnsavedChanges {
  readonly id = input.required<string>();
  private readonly api = inject(DevicesApi);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly resource = httpResource(() => deviceUrl(this.id()), {
    parse: (body) => Device.parse(body),
  });
  private readonly stored = linkedSignal<Device | null, Device | null>({
    source: () => (this.resource.hasValue() ? this.resource.value() : null),
    computation: (next, previous) => next ?? previous?.value ?? null,
  });
  /** Filled once; what somebody else stores meanwhile does not take away what was entered here. */
  private readonly draft = linkedSignal<Device | null, DeviceDraft>({
    source: this.stored,
    computation: (stored, previous) => {
      if (stored === null) return previous?.value ?? EMPTY_DRAFT;
      const before = previous?.source ?? null;
      return before?.id === stored.id
        ? mergeDraft(before, stored, previous?.value ?? draftOf(stored))
        : draftOf(stored);
    },
  });
  /** The device as it was before somebody else changed it; null unless that happened. */
  private readonly before = signal<Device | null>(null);
  protected readonly conflicts = computed(() => {
    const [before, stored] = [this.before(), this.stored()];
    return before === null || stored === null ? [] : conflictsOf(before, stored, this.draft());
  });
  private isSaved = false;
  protected readonly path = computed(() => devicePath(this.id()));
  protected readonly name = computed(() => visibleText(this.stored()?.name ?? ''));
  protected readonly back = computed(() => ({ label: this.name() || 'Device', path: this.path() }));
  protected readonly problem = signal<ApiProblem | null>(null);
  private readonly result = computed(() => {
    const stored = this.stored();
    return stored === null ? null : changeOf(stored, this.draft());
  });
  protected readonly device = form(
    this.draft,
    (path) => {
      validateTree(path, ({ fieldTree }) => {
        const result = this.result();
        if (result === null || result.ok) return [];
        return result.errors.map(({ field, message }) => ({
          kind: 'contract',
          message,
          fieldTree: fieldTree[field],
        }));
      });
    },
    {
      submission: {
        action: async () => {
          const result = this.result();
          if (result?.ok === true) await this.save(result.value);
          return [];
        },
      },
    },
  );

  hasUnsavedChanges(): boolean {
    const result = this.result();
    return !this.isSaved && result !== null && (!result.ok || Object.keys(result.value).length > 0);
  }

  protected hold(event: BeforeUnloadEvent): void {
    holdPage(event, this);
  }

  /** Takes the stored text of one field over the entered one. */
  protected take(field: DraftField): void {
    const stored = this.stored();
    if (stored === null) return;
    this.draft.update((draft) => ({ ...draft, [field]: draftOf(stored)[field] }));
  }

  private async save(change: UpdateDevice): Promise<void> {
    const stored = this.stored();
    if (stored === null) return;
    this.problem.set(null);
    try {
      if (Object.keys(change).length > 0) {
        await this.api.update(stored.id, stored.version, change);
        this.toasts.ok('The changes are saved.');
      }
      this.isSaved = true;
      await this.router.navigate([...this.path()]);
    } catch (error) {
      this.problem.set(asProblem(error));
      if (this.problem()?.isStale === true) {
        this.before.set(stored);
        this.resource.reload();
      }
    }
  }
}
