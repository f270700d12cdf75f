import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import type { ChangePassword, SaveSetting } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';

export const SETTINGS_URL = '/api/v1/settings';
export const SESSIONS_URL = '/api/v1/auth/sessions';

@Service()
export class SettingsApi {
  private readonly http = inject(HttpClient);

  /** null sets the default again. */
  async save(key: string, value: SaveSetting['value']): Promise<void> {
    await firstValueFrom(this.http.put(`${SETTINGS_URL}/${encodeURIComponent(key)}`, { value }));
  }

  async changePassword(change: ChangePassword): Promise<void> {
    await firstValueFrom(this.http.post('/api/v1/auth/change-password', change));
  }

  async endSession(id: string): Promise<void> {
    await firstValueFrom(this.http.delete(`${SESSIONS_URL}/${encodeURIComponent(id)}`));
  }
}
