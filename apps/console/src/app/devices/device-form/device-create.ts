import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { form, FormRoot, validateTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { CreateDevice } from '@drm/contracts';
import { devicePath, PATHS } from '../../app.paths.ts';
import { type ApiProblem, asProblem } from '../../http/api-problem.ts';
import { Session } from '../../session/session.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { Toasts } from '../../ui/toasts.ts';
import { type HasUnsavedChanges, holdPage } from '../../ui/unsaved-changes.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { DeviceActions } from '../device-actions.ts';
import { DevicesApi } from '../devices-api.ts';
import { DeviceFields } from './device-fields.ts';
import { createOf, EMPTY_DRAFT } from './device-draft.ts';
import { EndpointFields } from './endpoint-fields.ts';
import { FormProblem } from './form-problem.ts';

@Component({
  selector: 'drm-device-create',
  imports: [DeviceFields, EndpointFields, FormProblem, FormRoot, MatButton, PageHeader, RouterLink],
  templateUrl: './device-create.html',
  host: { '(window:beforeunload)': 'hold($event)' },
})
export class DeviceCreate implements HasUnsavedChanges {
  private readonly api = inject(DevicesApi);
  private readonly actions = inject(DeviceActions);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly endpoint = viewChild(EndpointFields);
  private readonly draft = signal(EMPTY_DRAFT);
  protected readonly listPath = PATHS.devices;
  protected readonly back = { label: 'Devices', path: PATHS.devices };
  protected readonly hasEndpoint = signal(true);
  protected readonly canProbe = computed(() => this.hasEndpoint() && this.session.can('jobs:run'));
  protected readonly wantsProbe = signal(true);
  private isSaved = false;
  protected readonly problem = signal<ApiProblem | null>(null);
  private readonly result = computed(() => createOf(this.draft()));
  protected readonly device = form(
    this.draft,
    (path) => {
      validateTree(path, ({ fieldTree }) => {
        const result = this.result();
        if (result.ok) return [];
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
          if (result.ok) await this.create(result.value);
          return [];
        },
      },
    },
  );

  hasUnsavedChanges(): boolean {
    return !this.isSaved && Object.values(this.draft()).some((text) => text !== '');
  }

  protected hold(event: BeforeUnloadEvent): void {
    holdPage(event, this);
  }

  private async create(device: CreateDevice): Promise<void> {
    const fields = this.hasEndpoint() ? this.endpoint() : undefined;
    const endpoint = fields?.read();
    if (fields !== undefined && endpoint === null) return;
    this.problem.set(null);
    try {
      const body = endpoint ? { ...device, endpoints: [endpoint] } : device;
      const created = await this.api.create(body);
      this.isSaved = true;
      this.toasts.ok(`${visibleText(created.name)} is added.`);
      if (this.canProbe() && this.wantsProbe()) await this.actions.probe(created);
      await this.router.navigate([...devicePath(created.id)]);
    } catch (error) {
      this.problem.set(asProblem(error));
    }
  }
}
