import { httpResource } from '@angular/common/http';
import { Component, computed, inject } from '@angular/core';
import { SettingPage } from '@drm/contracts';
import { Session } from '../../session/session.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { SETTINGS_URL } from '../settings-api.ts';
import { SettingEditor } from './setting-editor.ts';

/** What this tenant may set, each with its meaning. Without the permission they can be read. */
@Component({
  selector: 'drm-tenant-settings',
  imports: [ProblemView, SettingEditor],
  template: `
    @if (settings.error(); as error) {
      <div class="drm-card">
        <drm-problem-view [error]="error" (retry)="settings.reload()" />
      </div>
    } @else if (settings.hasValue()) {
      <section class="drm-card" aria-label="Tenant settings">
        @if (!mayWrite()) {
          <p class="drm-soft">
            You may look. Changing these needs the permission <code>settings:write</code>.
          </p>
        }
        @for (setting of settings.value(); track setting.key) {
          <drm-setting-editor
            [setting]="setting"
            [mayWrite]="mayWrite()"
            (saved)="settings.reload()"
          />
        }
      </section>
    } @else {
      <div class="drm-card" aria-busy="true"><span class="drm-skeleton"></span></div>
    }
  `,
})
export class TenantSettings {
  private readonly session = inject(Session);
  protected readonly mayWrite = computed(() => this.session.can('settings:write'));
  protected readonly settings = httpResource(() => SETTINGS_URL, {
    parse: (body) => SettingPage.parse(body).items,
  });
}
