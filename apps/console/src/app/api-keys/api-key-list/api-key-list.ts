import { Component, inject, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { ApiKeyPage, type ApiKey } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { Clock } from '../../ui/clock.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { API_KEYS_URL, ApiKeysApi } from '../api-keys-api.ts';
import { CreateKeyDialog } from '../create-key/create-key-dialog.ts';
import { keyState, KEY_STATE_WORDS } from './key-state.ts';

/** Keys for scripts: what they may do, how long, when they were used. */
@Component({
  selector: 'drm-api-key-list',
  imports: [Cell, DataTable, Icon, MatButton, PageHeader, StatusChip],
  template: `
    <div class="drm-page">
      <drm-page-header heading="API keys">
        <button matButton="filled" type="button" (click)="create()">
          <drm-icon name="plus" /> New key
        </button>
      </drm-page-header>
      <drm-data-table [config]="table">
        <ng-template drmCell="state" let-row>
          @let state = stateOf(row);
          <drm-status-chip
            [tone]="state === 'usable' ? 'ok' : 'idle'"
            [icon]="state === 'usable' ? 'ok' : state === 'expired' ? 'clock' : 'stop'"
            [label]="words[state]"
          />
        </ng-template>
        <ng-template drmCell="permissions" let-row>
          @for (permission of $any(row).permissions; track permission) {
            <span class="drm-tag">{{ permission }}</span>
          }
        </ng-template>
      </drm-data-table>
    </div>
  `,
})
export class ApiKeyList {
  private readonly api = inject(ApiKeysApi);
  private readonly clock = inject(Clock);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly dialogs = inject(MatDialog);
  private readonly dataTable = viewChild.required<DataTable<ApiKey>>(DataTable);
  protected readonly words = KEY_STATE_WORDS;
  protected readonly table: TableConfig<ApiKey> = {
    name: 'API keys',
    url: API_KEYS_URL,
    parse: (body) => ApiKeyPage.parse(body),
    rowId: (key) => key.id,
    rowLabel: (key) => key.name,
    columns: [
      { id: 'name', title: 'Name', cell: (key) => key.name },
      { id: 'prefix', title: 'Begins with', cell: (key) => key.prefix, kind: 'code' },
      { id: 'state', title: 'State', cell: (key) => KEY_STATE_WORDS[this.stateOf(key)] },
      { id: 'permissions', title: 'May', cell: (key) => key.permissions.join(', ') },
      { id: 'lastUsedAt', title: 'Last used', cell: (key) => key.lastUsedAt, kind: 'age' },
      { id: 'expiresAt', title: 'Expires', cell: (key) => key.expiresAt, kind: 'age' },
      { id: 'createdBy', title: 'Made by', cell: (key) => key.createdBy },
      { id: 'createdAt', title: 'Made', cell: (key) => key.createdAt, kind: 'age', isHidden: true },
    ],
    rowActions: (key) => [
      {
        id: 'revoke',
        label: 'Revoke',
        icon: 'delete',
        isDanger: true,
        disabledReason: key.revokedAt === null ? null : 'It is revoked already.',
        run: (target) => void this.revoke(target),
      },
    ],
    empty: {
      heading: 'No API key yet',
      text: 'A key lets a script do what you allow it to, for as long as you say.',
    },
  };

  protected stateOf(key: ApiKey) {
    return keyState(key, this.clock.now());
  }

  protected async create(): Promise<void> {
    const dialog = this.dialogs.open<CreateKeyDialog, void, boolean>(CreateKeyDialog, {
      width: '620px',
    });
    if (await firstValueFrom(dialog.afterClosed())) this.dataTable().reload();
  }

  private async revoke(key: ApiKey): Promise<void> {
    const answer = await this.confirm.ask({
      title: `Revoke the key ${key.name}?`,
      text: 'Scripts that use it are refused from now on. It cannot be brought back.',
      action: 'Revoke',
      danger: true,
    });
    if (answer === null) return;
    try {
      await this.api.revoke(key);
      this.toasts.ok(`The key ${key.name} is revoked.`);
    } catch (error) {
      this.toasts.problem(error, 'The key was not revoked');
    }
    this.dataTable().reload();
  }
}
