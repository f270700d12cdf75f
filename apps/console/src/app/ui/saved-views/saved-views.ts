import { HttpClient, httpResource } from '@angular/common/http';
import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Router } from '@angular/router';
import type { SavedView, SaveView } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { readPage } from '../../http/read-page.ts';
import { Confirm } from '../confirm.ts';
import { Dialogs } from '../dialogs.ts';
import { Icon } from '../icon.ts';
import { Toasts } from '../toasts.ts';

const VIEWS = '/api/v1/views';
/** Keys of the address that are a place in a list, not a view of it. */
const PASSING = ['cursor'];

/** Stored states of a list: choosing one puts its filters into the address. */
@Component({
  selector: 'drm-saved-views',
  imports: [Icon, MatButton, MatMenu, MatMenuItem, MatMenuTrigger],
  templateUrl: './saved-views.html',
  styleUrl: './saved-views.css',
})
export class SavedViews {
  readonly list = input.required<SavedView['list']>();
  /** Path of the list page. */
  readonly path = input.required<string>();
  private readonly http = inject(HttpClient);
  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  protected readonly views = httpResource(
    () => ({ url: VIEWS, params: { list: this.list(), limit: '200' } }),
    { parse: (body) => readPage<SavedView>(body).items },
  );
  protected readonly items = computed(() => (this.views.hasValue() ? this.views.value() : []));

  protected open(view: SavedView): void {
    const queryParams: Record<string, string> = {};
    for (const [key, value] of new URLSearchParams(view.query)) queryParams[key] = value;
    void this.router.navigate([this.path()], { queryParams });
  }

  protected async save(): Promise<void> {
    const choice = await this.dialogs.ask<Pick<SaveView, 'name' | 'shared'>>(
      () => import('./save-view-dialog.ts').then((file) => file.SaveViewDialog),
      { width: '420px' },
    );
    if (choice === undefined) return;
    const query = new URLSearchParams(this.router.url.split('?', 2)[1] ?? '');
    for (const key of PASSING) query.delete(key);
    const body: SaveView = { ...choice, list: this.list(), query: query.toString() };
    try {
      await firstValueFrom(this.http.post(VIEWS, body));
      this.toasts.ok(`The view ${choice.name} is saved.`);
      this.views.reload();
    } catch (error) {
      this.toasts.problem(error, 'The view was not saved');
    }
  }

  protected async remove(view: SavedView): Promise<void> {
    const answer = await this.confirm.ask({
      title: `Delete the view ${view.name}?`,
      text: view.shared ? 'Everyone in the tenant loses it.' : 'Only you see it.',
      action: 'Delete',
      danger: true,
    });
    if (answer === null) return;
    try {
      await firstValueFrom(this.http.delete(`${VIEWS}/${view.id}`));
      this.views.reload();
    } catch (error) {
      this.toasts.problem(error, 'The view was not deleted');
    }
  }
}
