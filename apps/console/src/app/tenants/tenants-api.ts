import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import type { CreateTenant, Tenant, UpdateTenant } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { ifMatch } from '../http/write-headers.ts';

export const TENANTS_URL = '/api/v1/tenants';

/** Platform administration: needs `tenants:admin`. */
@Service()
export class TenantsApi {
  private readonly http = inject(HttpClient);

  async create(tenant: CreateTenant): Promise<void> {
    await firstValueFrom(this.http.post(TENANTS_URL, tenant));
  }

  async update(tenant: Tenant, change: UpdateTenant): Promise<void> {
    await firstValueFrom(
      this.http.patch(`${TENANTS_URL}/${encodeURIComponent(tenant.id)}`, change, {
        headers: ifMatch(tenant.version),
      }),
    );
  }
}
