import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { RolePage, type Role, type SaveRole } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { ifMatch } from '../http/write-headers.ts';

export const ROLES_URL = '/api/v1/roles';
const roleUrl = (id: string): string => `${ROLES_URL}/${encodeURIComponent(id)}`;

@Service()
export class RolesApi {
  private readonly http = inject(HttpClient);

  /** All roles of the tenant; there are few (at most one page of 200). */
  async all(): Promise<readonly Role[]> {
    const body = await firstValueFrom(this.http.get(ROLES_URL, { params: { limit: 200 } }));
    return RolePage.parse(body).items;
  }

  async create(role: SaveRole): Promise<void> {
    await firstValueFrom(this.http.post(ROLES_URL, role));
  }

  async update(role: Role, change: SaveRole): Promise<void> {
    await firstValueFrom(
      this.http.patch(roleUrl(role.id), change, { headers: ifMatch(role.version) }),
    );
  }

  async remove(role: Role): Promise<void> {
    await firstValueFrom(this.http.delete(roleUrl(role.id), { headers: ifMatch(role.version) }));
  }
}
