import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { UserPage, type AuditEvent } from '@drm/contracts';
import { USERS_URL } from '../../users/users-api.ts';
import { Session } from '../../session/session.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { AuditDetail } from './audit-detail.ts';
import { auditTable, targetWords } from './audit-table.ts';
import { TimeRange } from './time-range.ts';

const PAGES: Readonly<Record<string, string>> = { device: '/devices', job: '/jobs' };

/** Who did what, when, and whether it was allowed. The address holds every filter. */
@Component({
  selector: 'drm-audit-list',
  imports: [Cell, DataTable, MatButton, PageHeader, RouterLink, StatusChip, TimeRange, VisibleText],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Audit" />
      <drm-data-table [config]="table()">
        <drm-time-range tableTools [from]="from()" [to]="to()" />
        @if (from() || to()) {
          <a
            tableTools
            matButton
            [routerLink]="[]"
            [queryParams]="{ from: null, to: null, cursor: null }"
            queryParamsHandling="merge"
            >Any time</a
          >
        }
        <ng-template drmCell="action" let-row>
          <button type="button" class="action" (click)="open(row)">
            {{ $any(row).action | visible }}
          </button>
        </ng-template>
        <ng-template drmCell="target" let-row>
          @if (pageOf(row); as page) {
            <a [routerLink]="page">{{ words(row) | visible }}</a>
          } @else {
            {{ words(row) ?? '–' | visible }}
          }
        </ng-template>
        <ng-template drmCell="outcome" let-row>
          @let outcome = $any(row).outcome;
          <drm-status-chip
            [tone]="outcome === 'success' ? 'ok' : outcome === 'refused' ? 'warn' : 'bad'"
            [icon]="outcome === 'success' ? 'ok' : outcome === 'refused' ? 'lock' : 'error'"
            [label]="outcome === 'success' ? 'Done' : outcome === 'refused' ? 'Refused' : 'Failed'"
          />
        </ng-template>
      </drm-data-table>
    </div>
  `,
  styles: `
    .action {
      min-block-size: 24px;
      padding: 0;
      border: 0;
      background: none;
      color: var(--drm-link);
      font: inherit;
      font-weight: 500;
      text-align: start;
      cursor: pointer;
    }
    .action:hover {
      text-decoration: underline;
    }
  `,
})
export class AuditList {
  readonly from = input<string>();
  readonly to = input<string>();
  private readonly dialogs = inject(MatDialog);
  private readonly session = inject(Session);
  /** Names for the filter; without the permission or after an error the id is typed. */
  private readonly users = httpResource(
    () => (this.session.can('users:read') ? { url: USERS_URL, params: { limit: 200 } } : undefined),
    { parse: (body) => UserPage.parse(body).items },
  );
  protected readonly table = computed(() =>
    auditTable(
      this.users.hasValue()
        ? this.users.value().map((user) => ({ value: user.id, label: user.displayName }))
        : [],
    ),
  );
  protected readonly words = targetWords;

  protected pageOf(event: AuditEvent): readonly string[] | null {
    const page = PAGES[event.targetKind ?? ''];
    // What was deleted has no page any more.
    if (!page || event.targetId === null || event.action.endsWith('.delete')) return null;
    return [page, event.targetId];
  }

  protected open(event: AuditEvent): void {
    this.dialogs.open(AuditDetail, { width: '620px', data: event });
  }
}
