import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { DeviceExecutionPage } from '@drm/contracts';
import { devicePath, jobPath, PATHS } from '../../app.paths.ts';
import { operationWords, STATUS_WORDS, statusLook, waitingWords } from '../../jobs/job-words.ts';
import { Session } from '../../session/session.ts';
import { Age } from '../../ui/age.ts';
import { CopyButton } from '../../ui/copy-button.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { deviceUrl } from '../devices-api.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';
import { DeviceContext } from './device-context.ts';

@Component({
  selector: 'drm-overview-tab',
  imports: [Age, CopyButton, RouterLink, StatusChip, VisibleText],
  templateUrl: './overview-tab.html',
  styles: `
    h2 {
      margin-block-end: 12px;
    }
    ul {
      display: grid;
      gap: 10px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 10px;
      align-items: center;
    }
    .more {
      margin-block: 12px 0;
    }
  `,
})
export class OverviewTab {
  private readonly context = inject(DeviceContext);
  private readonly session = inject(Session);
  private readonly catalog = inject(ProtocolCatalog);
  protected readonly device = this.context.device;
  protected readonly listPath = PATHS.devices;
  protected readonly mayReadJobs = computed(() => this.session.can('jobs:read'));
  protected readonly executions = httpResource(
    () =>
      this.mayReadJobs() && this.context.id() !== ''
        ? { url: `${deviceUrl(this.context.id())}/executions`, params: { limit: '5' } }
        : undefined,
    { parse: (body) => DeviceExecutionPage.parse(body).items },
  );
  protected readonly words = STATUS_WORDS;
  protected readonly look = statusLook;
  protected readonly does = operationWords;
  protected readonly waits = waitingWords;
  protected readonly jobPath = jobPath;

  constructor() {
    effect(() => {
      if (this.context.stirred() > 0) untracked(() => this.executions.reload());
    });
  }

  protected tab(name: string): readonly string[] {
    return devicePath(this.context.id(), name);
  }

  protected titleOf(protocol: string): string {
    return this.catalog.title(protocol);
  }
}
