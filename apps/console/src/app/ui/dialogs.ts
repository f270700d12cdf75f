import { inject, Injector, Service, type Type } from '@angular/core';
import type { MatDialogConfig } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

/** Opens dialogs. Neither the dialog kit nor the dialog itself is downloaded before it is needed. */
@Service()
export class Dialogs {
  private readonly injector = inject(Injector);

  /** What the dialog was closed with; undefined when it was left without an answer. */
  async ask<Answer, Data = unknown>(
    load: () => Promise<Type<unknown>>,
    config: MatDialogConfig<Data> = {},
  ): Promise<Answer | undefined> {
    const [{ MatDialog }, component] = await Promise.all([
      import('@angular/material/dialog'),
      load(),
    ]);
    const dialog = this.injector.get(MatDialog).open<unknown, Data, Answer>(component, config);
    return firstValueFrom(dialog.afterClosed());
  }
}
