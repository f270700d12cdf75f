import { DOCUMENT, inject, Service, signal } from '@angular/core';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

const KEY = 'drm.theme';

/** Dark, light or the system's theme. `public/theme.js` applies the stored choice before the first paint. */
@Service()
export class Theme {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly current = signal<ThemeChoice>(this.stored());
  readonly choice = this.current.asReadonly();

  choose(theme: ThemeChoice): void {
    this.current.set(theme);
    if (theme === 'system') this.root.removeAttribute('data-theme');
    else this.root.setAttribute('data-theme', theme);
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is blocked: the choice lasts until the page is left.
    }
  }

  private stored(): ThemeChoice {
    const value = this.root.getAttribute('data-theme');
    return value === 'dark' || value === 'light' ? value : 'system';
  }
}
