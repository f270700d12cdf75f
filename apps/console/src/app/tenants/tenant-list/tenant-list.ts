import { Component, inject, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { TenantPage, type Tenant } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { Session } from '../../session/session.ts';
import { TenantSwitch } from '../../shell/tenant-switch.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { RowAction, TableConfig } from '../../ui/data-table/table-config.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { EditTenantDialog } from '../edit-tenant/edit-tenant-dialog.ts';
import { TENANTS_URL, TenantsApi } from '../tenants-api.ts';

/** All tenants of the platform. Entering one asks for a reason, which its audit log shows. */
@Component({
  selector: 'drm-tenant-list',
  imports: [Cell, DataTable, Icon, MatButton, PageHeader, StatusChip],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Tenants">
        <button matButton="filled" type="button" (click)="edit(null)">
          <drm-icon name="plus" /> New tenant
        </button>
      </drm-page-header>
      <drm-data-table [config]="table">
        <ng-template drmCell="status" let-row>
          <drm-status-chip
            [tone]="$any(row).status === 'active' ? 'ok' : 'warn'"
            [icon]="$any(row).status === 'active' ? 'ok' : 'pause'"
            [label]="$any(row).status === 'active' ? 'Active' : 'Suspended'"
          />
        </ng-template>
      </drm-data-table>
    </div>
  `,
})
export class TenantList {
  private readonly api = inject(TenantsApi);
  private readonly session = inject(Session);
  private readonly tenantSwitch = inject(TenantSwitch);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly dialogs = inject(MatDialog);
  private readonly dataTable = viewChild.required<DataTable<Tenant>>(DataTable);
  protected readonly table: TableConfig<Tenant> = {
    name: 'Tenants',
    url: TENANTS_URL,
    parse: (body) => TenantPage.parse(body),
    rowId: (tenant) => tenant.id,
    rowLabel: (tenant) => tenant.name,
    columns: [
      { id: 'name', title: 'Name', cell: (tenant) => tenant.name },
      { id: 'slug', title: 'Short name', cell: (tenant) => tenant.slug, kind: 'code' },
      { id: 'status', title: 'Status', cell: (tenant) => tenant.status },
      {
        id: 'maxDevices',
        title: 'Devices, at most',
        cell: (tenant) => tenant.quotas.maxDevices,
        kind: 'number',
      },
      {
        id: 'maxOpenJobs',
        title: 'Open jobs, at most',
        cell: (tenant) => tenant.quotas.maxOpenJobs,
        kind: 'number',
      },
      {
        id: 'maxRunning',
        title: 'Running at once',
        cell: (tenant) => tenant.quotas.maxRunning,
        kind: 'number',
      },
      { id: 'createdAt', title: 'Created', cell: (tenant) => tenant.createdAt, kind: 'age' },
    ],
    filters: [{ key: 'q', title: 'Search', kind: 'search', placeholder: 'Name' }],
    rowActions: (tenant) => this.actions(tenant),
    empty: {
      heading: 'No tenant yet',
      text: 'A tenant holds the users and devices of one customer.',
    },
  };

  protected async edit(tenant: Tenant | null): Promise<void> {
    const dialog = this.dialogs.open<EditTenantDialog, Tenant | null, boolean>(EditTenantDialog, {
      width: '540px',
      data: tenant,
    });
    if (await firstValueFrom(dialog.afterClosed())) this.dataTable().reload();
  }

  private actions(tenant: Tenant): readonly RowAction<Tenant>[] {
    const here = tenant.id === this.session.tenant()?.id;
    return [
      {
        id: 'enter',
        label: 'Enter',
        icon: 'swap',
        disabledReason: here ? 'You are in this tenant.' : null,
        run: (target) => void this.enter(target),
      },
      {
        id: 'edit',
        label: 'Name and limits',
        icon: 'edit',
        run: (target) => void this.edit(target),
      },
      {
        id: 'suspend',
        label: tenant.status === 'active' ? 'Suspend' : 'Activate',
        icon: tenant.status === 'active' ? 'pause' : 'play',
        isDanger: tenant.status === 'active',
        disabledReason: here ? 'You are in this tenant. Enter another one first.' : null,
        run: (target) => void this.setStatus(target),
      },
    ];
  }

  private async enter(tenant: Tenant): Promise<void> {
    const answer = await this.confirm.ask({
      title: `Enter ${tenant.name}?`,
      text: `You will see and change what belongs to ${tenant.name}. Its audit log shows your name and this reason.`,
      action: 'Enter',
      askReason: true,
    });
    if (answer === null) return;
    try {
      await this.tenantSwitch.enter({
        tenantId: tenant.id,
        ...(answer.reason !== null && { reason: answer.reason }),
      });
    } catch (error) {
      this.toasts.problem(error, 'The tenant was not entered');
    }
  }

  private async setStatus(tenant: Tenant): Promise<void> {
    const suspend = tenant.status === 'active';
    if (suspend) {
      const answer = await this.confirm.ask({
        title: `Suspend ${tenant.name}?`,
        text: 'Its users are refused and its jobs stop until it is activated again. Nothing is deleted.',
        action: 'Suspend',
        danger: true,
        typeToConfirm: tenant.slug,
      });
      if (answer === null) return;
    }
    try {
      await this.api.update(tenant, { status: suspend ? 'suspended' : 'active' });
      this.toasts.ok(`${tenant.name} is ${suspend ? 'suspended' : 'active'}.`);
    } catch (error) {
      this.toasts.problem(error, 'Nothing was changed');
    }
    this.dataTable().reload();
  }
}
