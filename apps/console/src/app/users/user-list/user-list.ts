import { Component, computed, inject, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import type { User } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { Session } from '../../session/session.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { ChangeRoleDialog } from '../change-role/change-role-dialog.ts';
import { InviteDialog } from '../invite/invite-dialog.ts';
import { LinkDialog } from '../invite/link-dialog.ts';
import { UsersApi } from '../users-api.ts';
import { userActions } from './user-actions.ts';
import { USER_STATUS_WORDS, userTable } from './user-table.ts';

/** The people of this tenant. */
@Component({
  selector: 'drm-user-list',
  imports: [Cell, DataTable, Icon, MatButton, PageHeader, StatusChip],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Users">
        @if (mayAdminister()) {
          <button matButton="filled" type="button" (click)="invite()">
            <drm-icon name="plus" /> Invite a user
          </button>
        }
      </drm-page-header>
      <drm-data-table [config]="table()">
        <ng-template drmCell="status" let-row>
          <drm-status-chip
            [tone]="row.status === 'active' ? 'ok' : row.status === 'invited' ? 'info' : 'idle'"
            [icon]="row.status === 'active' ? 'ok' : row.status === 'invited' ? 'clock' : 'pause'"
            [label]="words($any(row))"
          />
        </ng-template>
        <ng-template drmCell="role" let-row>
          {{ row.roleName }}
          @if (row.platformAdmin) {
            <span class="drm-tag">platform</span>
          }
        </ng-template>
      </drm-data-table>
    </div>
  `,
})
export class UserList {
  private readonly api = inject(UsersApi);
  private readonly session = inject(Session);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly dialogs = inject(MatDialog);
  private readonly dataTable = viewChild.required<DataTable<User>>(DataTable);
  protected readonly mayAdminister = computed(() => this.session.can('users:admin'));
  protected readonly table = computed(() => {
    const self = { id: this.session.user()?.id ?? '', mayAdminister: this.mayAdminister() };
    return userTable((user) =>
      userActions(user, self, {
        changeRole: (target) => void this.changeRole(target),
        setStatus: (target) => void this.setStatus(target),
        resetLink: (target) => void this.resetLink(target),
        remove: (target) => void this.remove(target),
      }),
    );
  });

  protected words(user: User): string {
    return USER_STATUS_WORDS[user.status];
  }

  protected async invite(): Promise<void> {
    const dialog = this.dialogs.open<InviteDialog, void, boolean>(InviteDialog, { width: '520px' });
    if (await firstValueFrom(dialog.afterClosed())) this.dataTable().reload();
  }

  private async changeRole(user: User): Promise<void> {
    const dialog = this.dialogs.open<ChangeRoleDialog, User, boolean>(ChangeRoleDialog, {
      width: '460px',
      data: user,
    });
    if (await firstValueFrom(dialog.afterClosed())) this.dataTable().reload();
  }

  private async resetLink(user: User): Promise<void> {
    const answer = await this.confirm.ask({
      title: 'Make a password link?',
      text: `${user.displayName} can choose a new password with it. Links made before stop working.`,
      action: 'Make the link',
    });
    if (answer === null) return;
    try {
      const invitation = await this.api.resetLink(user);
      this.dialogs.open(LinkDialog, { width: '520px', data: invitation });
    } catch (error) {
      this.toasts.problem(error, 'No link was made');
    }
  }

  private async setStatus(user: User): Promise<void> {
    const disable = user.status !== 'disabled';
    if (disable) {
      const answer = await this.confirm.ask({
        title: `Disable ${user.displayName}?`,
        text: 'They are signed out at once and cannot sign in to this tenant until they are enabled again.',
        action: 'Disable',
        danger: true,
      });
      if (answer === null) return;
    }
    await this.change(
      () => this.api.update(user, { status: disable ? 'disabled' : 'active' }),
      `${user.displayName} is ${disable ? 'disabled' : 'enabled'}.`,
    );
  }

  private async remove(user: User): Promise<void> {
    const answer = await this.confirm.ask({
      title: `Remove ${user.displayName}?`,
      text: `${user.email} loses access to this tenant. What they did stays in the audit log.`,
      action: 'Remove',
      danger: true,
    });
    if (answer === null) return;
    await this.change(() => this.api.remove(user), `${user.displayName} is removed.`);
  }

  private async change(work: () => Promise<void>, done: string): Promise<void> {
    try {
      await work();
      this.toasts.ok(done);
    } catch (error) {
      this.toasts.problem(error, 'Nothing was changed');
    }
    this.dataTable().reload();
  }
}
