import { httpResource } from '@angular/common/http';
import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { DeviceSummary } from '@drm/contracts';
import { devicePath, PATHS } from '../../app.paths.ts';
import { Session } from '../../session/session.ts';
import { Cell, CellOf } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { RowAction, TableConfig } from '../../ui/data-table/table-config.ts';
import { Dialogs } from '../../ui/dialogs.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { SavedViews } from '../../ui/saved-views/saved-views.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { DeviceActions } from '../device-actions.ts';
import { DEVICES_URL, DevicesApi } from '../devices-api.ts';
import { deviceApiFilters, REACHABILITY_WORDS } from '../device-words.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';
import { deviceTable } from './device-table.ts';
import { saveFile } from './save-file.ts';

interface TagCount {
  readonly tag: string;
  readonly devices: number;
}

@Component({
  selector: 'drm-device-list',
  imports: [
    Cell,
    CellOf,
    DataTable,
    Icon,
    MatButton,
    PageHeader,
    RouterLink,
    SavedViews,
    StatusChip,
    VisibleText,
  ],
  templateUrl: './device-list.html',
  styleUrl: './device-list.css',
})
export class DeviceList {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private readonly api = inject(DevicesApi);
  private readonly actions = inject(DeviceActions);
  private readonly toasts = inject(Toasts);
  private readonly protocols = inject(ProtocolCatalog);
  private readonly list = viewChild.required<DataTable<DeviceSummary>>('list');
  private readonly tags = httpResource<{ items: TagCount[] }>(() => ({
    url: `${DEVICES_URL}/tags`,
    params: { limit: '200' },
  }));

  protected readonly canWrite = computed(() => this.session.can('devices:write'));
  protected readonly isExporting = signal(false);
  protected readonly words = REACHABILITY_WORDS;
  protected readonly path = PATHS.devices;
  protected readonly linkTo = devicePath;
  protected readonly titleOf = (protocol: string): string => this.protocols.title(protocol);
  protected readonly table = computed<TableConfig<DeviceSummary>>(() => ({
    ...deviceTable({
      tags: this.tags.hasValue() ? this.tags.value().items : [],
      protocols: this.protocols.all(),
    }),
    rowActions: (device) => this.rowActions(device),
    bulk: [
      {
        id: 'run',
        label: 'Run operation…',
        icon: 'play',
        permission: 'jobs:run',
        run: (selection) =>
          void this.actions.runOnSelection(
            selection,
            this.protocols.all().map((protocol) => protocol.id),
          ),
      },
    ],
  }));

  protected async openImport(): Promise<void> {
    const hasWritten = await this.dialogs.ask<boolean>(
      () => import('../import-dialog/import-dialog.ts').then((file) => file.ImportDialog),
      { width: '720px' },
    );
    if (hasWritten === true) this.list().reload();
  }

  protected async export(): Promise<void> {
    const { filters } = this.list().address();
    this.isExporting.set(true);
    try {
      saveFile(await this.api.export(deviceApiFilters(filters, Date.now())), 'devices.csv');
    } catch (error) {
      this.toasts.problem(error, 'The export failed');
    } finally {
      this.isExporting.set(false);
    }
  }

  private rowActions(device: DeviceSummary): RowAction<DeviceSummary>[] {
    const mayRun = this.session.can('jobs:run');
    const noEndpoint = device.protocols.length === 0 ? 'The device has no endpoint' : null;
    const run: RowAction<DeviceSummary>[] = mayRun
      ? [
          {
            id: 'probe',
            label: 'Probe',
            icon: 'probe',
            disabledReason: noEndpoint,
            run: (row) => void this.actions.probe(row),
          },
          {
            id: 'run',
            label: 'Run operation…',
            icon: 'play',
            disabledReason: noEndpoint,
            run: (row) => void this.actions.runOn(row),
          },
        ]
      : [];
    const write: RowAction<DeviceSummary>[] = this.canWrite()
      ? [
          {
            id: 'edit',
            label: 'Edit',
            icon: 'edit',
            run: (row) => void this.router.navigate([...devicePath(row.id, 'edit')]),
          },
          {
            id: 'delete',
            label: 'Delete…',
            icon: 'delete',
            isDanger: true,
            run: (row) => void this.remove(row),
          },
        ]
      : [];
    return [...run, ...write];
  }

  private async remove(device: DeviceSummary): Promise<void> {
    if (await this.actions.remove(device)) this.list().reload();
  }
}
