import { inject, Service, signal } from '@angular/core';
import { Router } from '@angular/router';
import { PATHS } from '../app.paths.ts';
import { Session } from '../session/session.ts';
import { Dialogs } from '../ui/dialogs.ts';
import { NAVIGATION } from './navigation.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly what: string;
}

const STORED = 'drm.shortcuts';
/** Milliseconds between `g` and the letter after it. */
const PAIR_MS = 1500;
const GOES: Readonly<Record<string, string>> = {
  o: PATHS.overview,
  d: PATHS.devices,
  j: PATHS.jobs,
  u: PATHS.users,
  a: PATHS.audit,
  s: PATHS.settings,
};

const labelOf = (path: string): string =>
  NAVIGATION.flatMap((group) => group.items).find((item) => item.path === path)?.label ?? path;

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['?'], what: 'Show this list' },
  { keys: ['/'], what: 'Go to the search field' },
  ...Object.entries(GOES).map(([key, path]) => ({ keys: ['g', key], what: labelOf(path) })),
];

/** Single-key shortcuts. They can be switched off (WCAG 2.1.4) and never work while text is entered. */
@Service()
export class Shortcuts {
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  private readonly dialogs = inject(Dialogs);
  private readonly on = signal(stored() !== 'off');
  private goAt = 0;
  readonly isOn = this.on.asReadonly();

  switch(isOn: boolean): void {
    this.on.set(isOn);
    try {
      localStorage.setItem(STORED, isOn ? 'on' : 'off');
    } catch {
      // Storage is blocked: the choice lasts until the page is left.
    }
  }

  /** Handles a key of the document; true when it was a shortcut. */
  handle(event: KeyboardEvent): boolean {
    if (!this.on() || event.ctrlKey || event.metaKey || event.altKey || isEntry(event.target)) {
      return false;
    }
    const isSecond = event.timeStamp - this.goAt < PAIR_MS;
    this.goAt = 0;
    if (isSecond && this.go(event.key)) return true;
    if (event.key === 'g') {
      this.goAt = event.timeStamp;
      return false;
    }
    if (event.key === '/') return focusSearch();
    if (event.key !== '?') return false;
    void this.show();
    return true;
  }

  show(): Promise<unknown> {
    return this.dialogs.ask(
      () => import('./shortcuts-dialog.ts').then((file) => file.ShortcutsDialog),
      { width: '420px' },
    );
  }

  private go(key: string): boolean {
    const path = GOES[key];
    const item = NAVIGATION.flatMap((group) => group.items).find((one) => one.path === path);
    if (path === undefined || item === undefined) return false;
    if (item.permission !== undefined && !this.session.can(item.permission)) return false;
    void this.router.navigate([path]);
    return true;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Keys typed into a field, a menu or a dialog belong to it. */
const isEntry = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'input, textarea, select, [contenteditable], [role=menu], mat-dialog-container',
  ) !== null;

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  field?.focus();
  field?.select();
  return field !== null;
}
