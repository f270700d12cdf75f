import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { RolePage, type Role } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { Session } from '../../session/session.ts';
import { Confirm } from '../../ui/confirm.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { RowAction, TableConfig } from '../../ui/data-table/table-config.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { Toasts } from '../../ui/toasts.ts';
import { EditRoleDialog, type EditRoleData } from '../edit-role/edit-role-dialog.ts';
import { ROLES_URL, RolesApi } from '../roles-api.ts';
import { RoleMatrix } from './role-matrix.ts';

/** Built-in and own roles, and what each of them may do. */
@Component({
  selector: 'drm-role-list',
  imports: [DataTable, Icon, MatButton, PageHeader, RoleMatrix],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Roles">
        @if (mayAdminister()) {
          <button matButton="filled" type="button" (click)="edit({ role: null, copyOf: null })">
            <drm-icon name="plus" /> New role
          </button>
        }
      </drm-page-header>
      <drm-data-table [config]="table()" (loaded)="roles.set($event)" />
      @if (roles().length > 0) {
        <section class="drm-card" aria-labelledby="role-matrix">
          <h2 id="role-matrix">What each role may do</h2>
          <drm-role-matrix [roles]="roles()" />
        </section>
      }
    </div>
  `,
})
export class RoleList {
  private readonly api = inject(RolesApi);
  private readonly session = inject(Session);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly dialogs = inject(MatDialog);
  private readonly dataTable = viewChild.required<DataTable<Role>>(DataTable);
  protected readonly roles = signal<readonly Role[]>([]);
  protected readonly mayAdminister = computed(() => this.session.can('users:admin'));
  protected readonly table = computed((): TableConfig<Role> => ({
    name: 'Roles',
    url: ROLES_URL,
    parse: (body) => RolePage.parse(body),
    rowId: (role) => role.id,
    rowLabel: (role) => role.name,
    columns: [
      { id: 'name', title: 'Role', cell: (role) => role.name },
      { id: 'kind', title: 'Kind', cell: (role) => (role.builtIn ? 'Built in' : 'Own') },
      {
        id: 'permissions',
        title: 'Permissions',
        cell: (role) => role.permissions.length,
        kind: 'number',
      },
      { id: 'members', title: 'Members', cell: (role) => role.members, kind: 'number' },
    ],
    rowActions: (role) => (this.mayAdminister() ? this.actions(role) : []),
    empty: { heading: 'No role', text: 'The built-in roles should be here. Load again.' },
  }));

  protected async edit(data: EditRoleData): Promise<void> {
    const dialog = this.dialogs.open<EditRoleDialog, EditRoleData, boolean>(EditRoleDialog, {
      width: '620px',
      data,
    });
    if (await firstValueFrom(dialog.afterClosed())) this.dataTable().reload();
  }

  private actions(role: Role): readonly RowAction<Role>[] {
    const builtIn = role.builtIn ? 'Built-in roles cannot be changed. Copy it instead.' : null;
    const inUse = role.members > 0 ? 'Users still have this role.' : null;
    return [
      {
        id: 'edit',
        label: 'Change',
        icon: 'edit',
        disabledReason: builtIn,
        run: (target) => void this.edit({ role: target, copyOf: null }),
      },
      {
        id: 'copy',
        label: 'Copy',
        icon: 'copy',
        run: (target) => void this.edit({ role: null, copyOf: target }),
      },
      {
        id: 'delete',
        label: 'Delete',
        icon: 'delete',
        isDanger: true,
        disabledReason: builtIn ?? inUse,
        run: (target) => void this.remove(target),
      },
    ];
  }

  private async remove(role: Role): Promise<void> {
    const answer = await this.confirm.ask({
      title: `Delete the role ${role.name}?`,
      text: 'Nobody has it now. It cannot be brought back.',
      action: 'Delete',
      danger: true,
    });
    if (answer === null) return;
    try {
      await this.api.remove(role);
      this.toasts.ok(`The role ${role.name} is deleted.`);
    } catch (error) {
      this.toasts.problem(error, 'The role was not deleted');
    }
    this.dataTable().reload();
  }
}
