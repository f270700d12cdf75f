import { Component, computed, inject, input, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import { PATHS } from '../app.paths.ts';
import { Session } from '../session/session.ts';
import { Theme, THEMES, type ThemeChoice } from '../theme/theme.ts';
import { Icon } from '../ui/icon.ts';
import type { IconName } from '../ui/icon-paths.ts';
import { Toasts } from '../ui/toasts.ts';
import { Shortcuts } from './shortcuts.ts';
import { TenantSwitch } from './tenant-switch.ts';

const THEME_WORDS: Record<ThemeChoice, { label: string; icon: IconName }> = {
  system: { label: 'As the system', icon: 'screen' },
  light: { label: 'Light', icon: 'sun' },
  dark: { label: 'Dark', icon: 'moon' },
};

@Component({
  selector: 'drm-top-bar',
  imports: [Icon, MatButton, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink],
  templateUrl: './top-bar.html',
  styleUrl: './top-bar.css',
})
export class TopBar {
  readonly isMenuOpen = input.required<boolean>();
  readonly menuToggled = output();
  protected readonly session = inject(Session);
  protected readonly theme = inject(Theme);
  protected readonly shortcuts = inject(Shortcuts);
  private readonly switcher = inject(TenantSwitch);
  private readonly toasts = inject(Toasts);
  protected readonly settingsPath = PATHS.settings;
  protected readonly tenantsPath = PATHS.tenants;
  protected readonly themes = THEMES.map((id) => ({ id, ...THEME_WORDS[id] }));
  protected readonly themeIcon = computed(() => THEME_WORDS[this.theme.choice()].icon);
  protected readonly others = computed(() =>
    this.session.tenants().filter((tenant) => tenant.id !== this.session.tenant()?.id),
  );
  protected readonly isGuest = computed(
    () => !this.session.tenants().some((tenant) => tenant.id === this.session.tenant()?.id),
  );

  protected async enter(tenantId: string): Promise<void> {
    try {
      await this.switcher.enter({ tenantId });
    } catch (error) {
      this.toasts.problem(error, 'The tenant was not switched');
    }
  }

  protected async signOut(): Promise<void> {
    try {
      await this.session.signOut();
    } catch {
      this.toasts.info('You are signed out here. The server could not be told.');
    }
  }
}
