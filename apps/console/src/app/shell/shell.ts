import { Component, computed, effect, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter } from 'rxjs';
import { PATHS } from '../app.paths.ts';
import { CONSOLE_CONFIG } from '../session/console-config.ts';
import { Session } from '../session/session.ts';
import { TenantLocation } from '../session/tenant-location.ts';
import { Icon } from '../ui/icon.ts';
import { Connection } from './connection.ts';
import { navigationFor } from './navigation.ts';
import { OtherTenant } from './other-tenant.ts';
import { Shortcuts } from './shortcuts.ts';
import { TopBar } from './top-bar.ts';

/** The frame of every signed-in page: top bar, navigation, the page itself. */
@Component({
  selector: 'drm-shell',
  imports: [Icon, OtherTenant, RouterLink, RouterLinkActive, RouterOutlet, TopBar],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  host: { '(document:keydown)': 'onKey($event)' },
})
export class Shell {
  private readonly session = inject(Session);
  private readonly location = inject(TenantLocation);
  private readonly router = inject(Router);
  protected readonly config = inject(CONSOLE_CONFIG);
  protected readonly isMenuOpen = signal(false);
  protected readonly groups = computed(() => navigationFor((name) => this.session.can(name)));
  /** The address names another tenant than the session: no row of either may be mixed. */
  protected readonly isElsewhere = computed(() => {
    const tenant = this.session.tenant();
    return tenant !== null && tenant.slug !== this.location.tenantSlug;
  });
  private readonly shortcuts = inject(Shortcuts);
  protected readonly connection = inject(Connection);
  private page = '';

  constructor() {
    effect(() => {
      if (this.session.phase() !== 'anonymous') return;
      const returnTo = this.location.prepareExternalUrl(this.router.url);
      void this.router.navigate([PATHS.login], { queryParams: { returnTo } });
    });
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        takeUntilDestroyed(),
      )
      .subscribe((event) => this.afterNavigation(event.urlAfterRedirects));
  }

  protected focusMain(event: Event): void {
    event.preventDefault();
    document.querySelector<HTMLElement>('main')?.focus();
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.isMenuOpen.set(false);
    else if (this.shortcuts.handle(event)) event.preventDefault();
  }

  /** A new page, not merely new filters or another tab: the reading position moves to its heading. */
  private afterNavigation(url: string): void {
    const page = url.split(/[?#]/, 1)[0] ?? '';
    const isNew = this.page !== '' && page !== this.page;
    this.page = page;
    this.isMenuOpen.set(false);
    if (!isNew || document.activeElement?.closest('.drm-tabs, .cdk-overlay-container')) return;
    setTimeout(() => {
      const target =
        document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main');
      (target as HTMLElement | null)?.focus({ preventScroll: true });
    });
  }
}
