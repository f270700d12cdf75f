import { Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Icon } from '../icon.ts';
import { numberText } from '../time.ts';
import type { BulkAction, Selection } from './table-config.ts';

/** Says how many rows are chosen and what can be done with them. */
@Component({
  selector: 'drm-bulk-bar',
  imports: [Icon, MatButton],
  template: `
    <div role="group" aria-label="Selected rows">
      <strong>{{ number(count()) }} selected</strong>
      @if (selection().mode === 'query') {
        <span>Everything that matches the filters, also on other pages.</span>
      } @else if (canChooseAll()) {
        <button matButton type="button" [disabled]="isCounting()" (click)="chooseAll.emit()">
          {{ isCounting() ? 'Counting…' : 'Select everything that matches' }}
        </button>
      }
      <span class="gap"></span>
      @for (action of actions(); track action.id) {
        <button
          matButton="filled"
          type="button"
          [disabled]="count() === 0"
          (click)="action.run(selection())"
        >
          @if (action.icon; as icon) {
            <drm-icon [name]="icon" />
          }
          {{ action.label }}
        </button>
      }
      <button matButton type="button" (click)="cleared.emit()">Clear the selection</button>
    </div>
  `,
  styles: `
    div {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 6px 12px;
      border: 1px solid var(--drm-line);
      border-radius: var(--drm-radius);
      background: var(--drm-info-soft);
    }
    .gap {
      flex: 1;
    }
  `,
})
export class BulkBar<Row> {
  readonly selection = input.required<Selection<Row>>();
  readonly count = input.required<number>();
  readonly actions = input.required<readonly BulkAction<Row>[]>();
  readonly canChooseAll = input(false);
  readonly isCounting = input(false);
  readonly chooseAll = output();
  readonly cleared = output();
  protected readonly number = numberText;
}
