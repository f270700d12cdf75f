import { Component, computed, inject } from '@angular/core';
import { type AuditEvent, AuditPage } from '@drm/contracts';
import { Cell, CellOf } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { DeviceContext } from './device-context.ts';

/** Who did what to this device. */
@Component({
  selector: 'drm-audit-tab',
  imports: [Cell, CellOf, DataTable, StatusChip],
  template: `
    <drm-data-table [config]="table()">
      <ng-template drmCell="outcome" [cellOf]="table()" let-event>
        @switch (event.outcome) {
          @case ('success') {
            <drm-status-chip tone="ok" icon="ok" label="Done" />
          }
          @case ('refused') {
            <drm-status-chip tone="warn" icon="lock" label="Refused" />
          }
          @default {
            <drm-status-chip tone="bad" icon="error" label="Failed" />
          }
        }
      </ng-template>
    </drm-data-table>
  `,
})
export class AuditTab {
  private readonly context = inject(DeviceContext);
  protected readonly table = computed<TableConfig<AuditEvent>>(() => ({
    name: 'Audit log of this device',
    url: '/api/v1/audit',
    parse: (body) => AuditPage.parse(body),
    fixedQuery: { targetId: this.context.id() },
    rowId: (event) => event.id,
    rowLabel: (event) => event.action,
    columns: [
      { id: 'at', title: 'When', cell: (event) => event.at, kind: 'age' },
      { id: 'actor', title: 'Who', cell: (event) => event.actorName ?? event.actorKind },
      { id: 'action', title: 'What', cell: (event) => event.action, kind: 'code' },
      { id: 'outcome', title: 'Outcome', cell: (event) => event.outcome },
      { id: 'reason', title: 'Reason', cell: (event) => event.reason },
      { id: 'address', title: 'From', cell: (event) => event.address, kind: 'code' },
      {
        id: 'correlationId',
        title: 'Reference',
        cell: (event) => event.correlationId,
        kind: 'code',
        isHidden: true,
      },
    ],
    empty: {
      heading: 'Nothing is recorded for this device yet',
      text: 'Changes of the device and of its endpoints appear here.',
    },
  }));
}
