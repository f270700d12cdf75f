import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { AuditEvent } from '@drm/contracts';
import { CopyButton } from '../../ui/copy-button.ts';
import { exactTime } from '../../ui/time.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { actorWords, targetWords } from './audit-table.ts';

/** One line of the audit log with everything that was recorded. */
@Component({
  selector: 'drm-audit-detail',
  imports: [
    CopyButton,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    VisibleText,
  ],
  template: `
    <h2 mat-dialog-title>{{ event.action }}</h2>
    <mat-dialog-content class="drm-form">
      <dl class="drm-facts">
        @for (fact of facts; track fact.name) {
          <dt>{{ fact.name }}</dt>
          <dd>
            {{ fact.value | visible }}
            @if (fact.copy) {
              <drm-copy-button [text]="fact.value" [label]="'Copy: ' + fact.name" />
            }
          </dd>
        }
      </dl>
      @if (data(); as data) {
        <h3>Details</h3>
        <pre tabindex="0" role="region" aria-label="Details">{{ data | visible: true }}</pre>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close>Close</button>
    </mat-dialog-actions>
  `,
  styles: `
    pre {
      margin: 0;
      max-block-size: 300px;
      padding: 8px;
      overflow: auto;
      border-radius: 4px;
      background: var(--drm-panel-raised);
    }
  `,
})
export class AuditDetail {
  protected readonly event = inject<AuditEvent>(MAT_DIALOG_DATA);
  protected readonly facts = [
    { name: 'When', value: exactTime(this.event.at), copy: false },
    { name: 'Who', value: actorWords(this.event), copy: false },
    { name: 'Actor id', value: this.event.actorId, copy: true },
    { name: 'What', value: targetWords(this.event), copy: false },
    { name: 'Object', value: this.event.targetKind, copy: false },
    { name: 'Object id', value: this.event.targetId, copy: true },
    { name: 'Outcome', value: this.event.outcome, copy: false },
    { name: 'Reason', value: this.event.reason, copy: false },
    { name: 'From', value: this.event.address, copy: false },
    { name: 'Reference', value: this.event.correlationId, copy: true },
  ].flatMap(({ name, value, copy }) => (value === null ? [] : [{ name, value, copy }]));
  protected readonly data = computed(() =>
    Object.keys(this.event.data).length === 0 ? null : JSON.stringify(this.event.data, null, 2),
  );
}
