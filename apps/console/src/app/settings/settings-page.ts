import { Component, inject } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { Session } from '../session/session.ts';
import { PageHeader } from '../ui/page-header.ts';

/** Settings of the person and of the tenant; each tab has its address. */
@Component({
  selector: 'drm-settings-page',
  imports: [PageHeader, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Settings" />
      <nav class="drm-tabs" aria-label="Settings">
        <a routerLink="profile" routerLinkActive="on" ariaCurrentWhenActive="page">Profile</a>
        <a routerLink="sessions" routerLinkActive="on" ariaCurrentWhenActive="page">Sessions</a>
        <a routerLink="appearance" routerLinkActive="on" ariaCurrentWhenActive="page">Appearance</a>
        <a routerLink="tenant" routerLinkActive="on" ariaCurrentWhenActive="page"
          >Tenant {{ tenant()?.name }}</a
        >
      </nav>
      <router-outlet />
    </div>
  `,
  styles: `
    router-outlet {
      display: none;
    }
  `,
})
export class SettingsPage {
  protected readonly tenant = inject(Session).tenant;
}
