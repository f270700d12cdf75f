import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { CreatedApiKey, type ApiKey, type CreateApiKey } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';

export const API_KEYS_URL = '/api/v1/api-keys';

@Service()
export class ApiKeysApi {
  private readonly http = inject(HttpClient);

  /** The answer holds the secret: show it once, keep it nowhere. */
  async create(key: CreateApiKey): Promise<CreatedApiKey> {
    return CreatedApiKey.parse(await firstValueFrom(this.http.post(API_KEYS_URL, key)));
  }

  async revoke(key: ApiKey): Promise<void> {
    await firstValueFrom(this.http.delete(`${API_KEYS_URL}/${encodeURIComponent(key.id)}`));
  }
}
