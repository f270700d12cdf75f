import { Component, input, output } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Icon } from '../icon.ts';

interface ColumnChoice {
  readonly id: string;
  readonly title: string;
  readonly isHidden?: boolean;
}

/** Shows and hides columns; the choice is part of the address. The first column stays: it names the row. */
@Component({
  selector: 'drm-column-menu',
  imports: [Icon, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger],
  template: `
    <button
      matIconButton
      type="button"
      aria-label="Columns"
      title="Columns"
      [matMenuTriggerFor]="menu"
    >
      <drm-icon name="columns" />
    </button>
    <mat-menu #menu="matMenu">
      @for (column of columns(); track column.id; let first = $first) {
        <button
          mat-menu-item
          type="button"
          role="menuitemcheckbox"
          [disabled]="first"
          [attr.aria-checked]="isShown(column)"
          (click)="$event.stopPropagation(); toggle(column.id)"
        >
          <drm-icon [class.off]="!isShown(column)" name="check" /> {{ column.title }}
        </button>
      }
    </mat-menu>
  `,
  styles: `
    mat-menu drm-icon,
    .off {
      margin-inline-end: 10px;
    }
    .off {
      visibility: hidden;
    }
  `,
})
export class ColumnMenu {
  readonly columns = input.required<readonly ColumnChoice[]>();
  readonly toggled = input.required<ReadonlySet<string>>();
  readonly changed = output<ReadonlySet<string>>();

  protected isShown(column: ColumnChoice): boolean {
    return (column.isHidden === true) === this.toggled().has(column.id);
  }

  protected toggle(id: string): void {
    const toggled = new Set(this.toggled());
    if (!toggled.delete(id)) toggled.add(id);
    this.changed.emit(toggled);
  }
}
