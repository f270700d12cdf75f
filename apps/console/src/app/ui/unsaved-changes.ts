import { inject } from '@angular/core';
import type { CanDeactivateFn } from '@angular/router';
import { Session } from '../session/session.ts';
import { Confirm } from './confirm.ts';

/** A page with a form that may hold work. It also handles `window:beforeunload`, see `holdPage`. */
export interface HasUnsavedChanges {
  hasUnsavedChanges(): boolean;
}

/** Asks before a page with unsaved changes is left. */
export const keepUnsavedChanges: CanDeactivateFn<HasUnsavedChanges> = async (page) => {
  if (!page.hasUnsavedChanges() || inject(Session).tenant() === null) return true;
  const answer = await inject(Confirm).ask({
    title: 'Leave without saving?',
    text: 'What you entered on this page is lost.',
    action: 'Leave',
    danger: true,
  });
  return answer !== null;
};

/** Makes the browser ask before the tab is closed or loaded again. */
export function holdPage(event: BeforeUnloadEvent, page: HasUnsavedChanges): void {
  if (page.hasUnsavedChanges()) event.preventDefault();
}
