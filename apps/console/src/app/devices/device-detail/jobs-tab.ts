import { Component, computed, effect, inject, untracked, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type DeviceExecution, DeviceExecutionPage } from '@drm/contracts';
import { jobPath } from '../../app.paths.ts';
import { resultWords } from '../../jobs/job-page/result-words.ts';
import { operationWords, STATUS_WORDS, statusLook, waitingWords } from '../../jobs/job-words.ts';
import { Cell, CellOf } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { deviceUrl } from '../devices-api.ts';
import { DeviceContext } from './device-context.ts';

/** Every operation that was asked of a device, newest first, and why it waits or failed. */
@Component({
  selector: 'drm-jobs-tab',
  imports: [Cell, CellOf, DataTable, RouterLink, StatusChip, VisibleText],
  template: `
    <drm-data-table #list [config]="table()">
      <ng-template drmCell="status" [cellOf]="table()" let-execution>
        <drm-status-chip
          [tone]="look(execution.status).tone"
          [icon]="look(execution.status).icon"
          [label]="words[execution.status]"
        />
      </ng-template>
      <ng-template drmCell="outcome" [cellOf]="table()" let-execution>
        @if (execution.error; as error) {
          <span class="drm-bad">{{ error.message | visible }}</span>
          @if (error.hint; as hint) {
            <div class="drm-soft">{{ hint }}</div>
          }
        } @else if (execution.waitingReason; as reason) {
          Waits: {{ waits(reason) }}
        } @else {
          {{ (brought(execution) | visible) || '–' }}
        }
      </ng-template>
      <ng-template drmCell="operation" [cellOf]="table()" let-execution>
        <a [routerLink]="jobPath(execution.jobId)">{{ does(execution.operation) | visible }}</a>
      </ng-template>
    </drm-data-table>
  `,
})
export class JobsTab {
  private readonly context = inject(DeviceContext);
  private readonly list = viewChild.required<DataTable<DeviceExecution>>('list');
  protected readonly words = STATUS_WORDS;
  protected readonly look = statusLook;
  protected readonly waits = waitingWords;
  protected readonly does = operationWords;
  protected readonly brought = resultWords;
  protected readonly jobPath = jobPath;
  protected readonly table = computed<TableConfig<DeviceExecution>>(() => ({
    name: 'Jobs of this device',
    url: `${deviceUrl(this.context.id())}/executions`,
    parse: (body) => DeviceExecutionPage.parse(body),
    rowId: (execution) => execution.id,
    rowLabel: (execution) => operationWords(execution.operation),
    columns: [
      { id: 'operation', title: 'Operation', cell: (one) => operationWords(one.operation) },
      { id: 'status', title: 'State', cell: (one) => STATUS_WORDS[one.status] },
      { id: 'outcome', title: 'Result or reason', cell: resultWords },
      { id: 'attempt', title: 'Attempt', cell: (one) => `${one.attempt} of ${one.maxAttempts}` },
      { id: 'createdAt', title: 'Asked', cell: (one) => one.createdAt, kind: 'age' },
      { id: 'endedAt', title: 'Ended', cell: (one) => one.endedAt, kind: 'age' },
    ],
    empty: {
      heading: 'No operation ran on this device yet',
      text: 'Run one with the button above: read values, walk a subtree, or probe.',
    },
  }));

  constructor() {
    effect(() => {
      if (this.context.stirred() > 0) untracked(() => this.list().reload());
    });
  }
}
