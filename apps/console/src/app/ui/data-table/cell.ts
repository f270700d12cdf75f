import { Directive, inject, input, TemplateRef } from '@angular/core';
import type { TableConfig } from './table-config.ts';

/** `<ng-template drmCell="status" let-row>…</ng-template>` inside `<drm-data-table>` draws the cells of one column. */
@Directive({ selector: 'ng-template[drmCell]' })
export class Cell {
  readonly drmCell = input.required<string>();
  readonly template = inject<TemplateRef<{ $implicit: unknown }>>(TemplateRef);
}

/** Tells the compiler the type of `let-row`: `<ng-template drmCell="name" [cellOf]="table" let-row>`. */
@Directive({ selector: 'ng-template[drmCell][cellOf]' })
export class CellOf<Row> {
  readonly cellOf = input.required<TableConfig<Row>>();

  static ngTemplateContextGuard<Row>(
    _directive: CellOf<Row>,
    _context: unknown,
  ): _context is { $implicit: Row } {
    return true;
  }
}
