import { Component, computed, effect, inject, untracked, viewChild } from '@angular/core';
import { type DeviceParameter, DeviceParameterPage } from '@drm/contracts';
import { jobPath } from '../../app.paths.ts';
import { Session } from '../../session/session.ts';
import { CopyButton } from '../../ui/copy-button.ts';
import { Cell, CellOf } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { Selection, TableConfig } from '../../ui/data-table/table-config.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { DevicesApi, deviceUrl } from '../devices-api.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';
import { DeviceContext } from './device-context.ts';
import { VALUE_STATE_WORDS, valueWords } from './value-words.ts';

/** Most paths one read may name (`DeviceOperation` of the contract). */
const MOST_PATHS = 256;

/** The last-known values of a device: what, how old, from where. */
@Component({
  selector: 'drm-values-tab',
  imports: [Cell, CellOf, CopyButton, DataTable, StatusChip],
  templateUrl: './values-tab.html',
})
export class ValuesTab {
  private readonly context = inject(DeviceContext);
  private readonly session = inject(Session);
  private readonly api = inject(DevicesApi);
  private readonly toasts = inject(Toasts);
  private readonly catalog = inject(ProtocolCatalog);
  private readonly list = viewChild.required<DataTable<DeviceParameter>>('list');
  protected readonly words = VALUE_STATE_WORDS;
  protected readonly say = valueWords;
  protected readonly table = computed<TableConfig<DeviceParameter>>(() => ({
    name: 'Last-known values',
    url: `${deviceUrl(this.context.id())}/parameters`,
    parse: (body) => DeviceParameterPage.parse(body),
    rowId: (parameter) => `${parameter.source} ${parameter.path}`,
    rowLabel: (parameter) => parameter.path,
    columns: [
      { id: 'path', title: 'Path', cell: (parameter) => parameter.path, kind: 'code' },
      { id: 'value', title: 'Value', cell: valueWords },
      { id: 'state', title: 'State', cell: (parameter) => parameter.state },
      { id: 'age', title: 'Read', cell: (parameter) => parameter.collectedAt, kind: 'age' },
      { id: 'source', title: 'Source', cell: (parameter) => this.catalog.title(parameter.source) },
      { id: 'type', title: 'Type', cell: (parameter) => parameter.type },
      { id: 'raw', title: 'Raw octets', cell: (parameter) => parameter.raw, kind: 'code' },
    ],
    filters: [
      { key: 'prefix', title: 'Path begins with', kind: 'search', placeholder: '1.3.6.1.2.1.1' },
    ],
    ...(this.session.can('jobs:run') && {
      rowActions: () => [
        {
          id: 'read',
          label: 'Read now',
          icon: 'refresh' as const,
          run: (row: DeviceParameter) => void this.read([row.path]),
        },
      ],
      bulk: [
        {
          id: 'read',
          label: 'Read now',
          icon: 'refresh' as const,
          run: (selection: Selection<DeviceParameter>) => void this.readSelection(selection),
        },
      ],
    }),
    empty: {
      heading: 'Nothing was read from this device yet',
      text: 'That does not mean its values are empty. Probe the device, or run a read or a walk.',
    },
  }));

  constructor() {
    effect(() => {
      if (this.context.stirred() > 0) untracked(() => this.list().reload());
    });
  }

  private async readSelection(selection: Selection<DeviceParameter>): Promise<void> {
    if (selection.mode !== 'ids') return;
    await this.read(selection.rows.map((row) => row.path));
  }

  private async read(paths: readonly string[]): Promise<void> {
    try {
      const job = await this.api.readNow(this.context.id(), paths.slice(0, MOST_PATHS));
      this.toasts.info(
        paths.length === 1 ? 'The value is being read.' : 'The values are being read.',
        {
          label: 'Watch the job',
          path: jobPath(job.id),
        },
      );
      this.list().selection.clear();
      this.context.lookAgain();
    } catch (error) {
      this.toasts.problem(error, 'The read did not start');
    }
  }
}
