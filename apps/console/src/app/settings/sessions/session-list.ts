import { Component, inject, viewChild } from '@angular/core';
import { pageOf, SessionInfo, type SessionInfo as Info } from '@drm/contracts';
import { Session } from '../../session/session.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { Toasts } from '../../ui/toasts.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { SESSIONS_URL, SettingsApi } from '../settings-api.ts';
import { browserWords } from './browser-words.ts';

const SessionPage = pageOf(SessionInfo, 'SessionPage');

/** Where I am signed in; each place can be ended. */
@Component({
  selector: 'drm-session-list',
  imports: [Cell, DataTable, VisibleText],
  template: `
    <drm-data-table [config]="table">
      <ng-template drmCell="browser" let-row>
        <span [title]="$any(row).userAgent ?? ''">{{ words(row) | visible }}</span>
        @if ($any(row).current) {
          <span class="drm-tag">this one</span>
        }
      </ng-template>
    </drm-data-table>
  `,
})
export class SessionList {
  private readonly api = inject(SettingsApi);
  private readonly session = inject(Session);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly dataTable = viewChild.required<DataTable<Info>>(DataTable);
  protected readonly table: TableConfig<Info> = {
    name: 'Sessions',
    url: SESSIONS_URL,
    parse: (body) => SessionPage.parse(body),
    rowId: (session) => session.id,
    rowLabel: (session) => `the session of ${browserWords(session.userAgent)}`,
    columns: [
      { id: 'browser', title: 'Where', cell: (session) => browserWords(session.userAgent) },
      { id: 'address', title: 'Address', cell: (session) => session.address, kind: 'code' },
      { id: 'lastUsedAt', title: 'Last used', cell: (session) => session.lastUsedAt, kind: 'age' },
      { id: 'createdAt', title: 'Signed in', cell: (session) => session.createdAt, kind: 'age' },
      { id: 'expiresAt', title: 'Ends', cell: (session) => session.expiresAt, kind: 'age' },
    ],
    rowActions: (session) => [
      {
        id: 'end',
        label: session.current ? 'Sign out here' : 'End this session',
        icon: 'sign-out',
        isDanger: true,
        run: (target) => void this.end(target),
      },
    ],
    empty: { heading: 'No session', text: 'You should see this one here. Load again.' },
  };

  protected words(session: Info): string {
    return browserWords(session.userAgent);
  }

  private async end(target: Info): Promise<void> {
    if (target.current) return this.session.signOut();
    const answer = await this.confirm.ask({
      title: 'End this session?',
      text: `${browserWords(target.userAgent)} at ${target.address ?? 'an unknown address'} has to sign in again.`,
      action: 'End it',
      danger: true,
    });
    if (answer === null) return;
    try {
      await this.api.endSession(target.id);
      this.toasts.ok('The session has ended.');
    } catch (error) {
      this.toasts.problem(error, 'The session did not end');
    }
    this.dataTable().reload();
  }
}
