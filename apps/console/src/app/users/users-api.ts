import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { Invitation, type InviteUser, type UpdateUser, type User } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { ifMatch } from '../http/write-headers.ts';

export const USERS_URL = '/api/v1/users';
const userUrl = (id: string): string => `${USERS_URL}/${encodeURIComponent(id)}`;

/** Writes of the users page. Links are shown once and never kept. */
@Service()
export class UsersApi {
  private readonly http = inject(HttpClient);

  async invite(person: InviteUser): Promise<Invitation> {
    return Invitation.parse(
      await firstValueFrom(this.http.post(`${USERS_URL}/invitations`, person)),
    );
  }

  async resetLink(user: User): Promise<Invitation> {
    return Invitation.parse(
      await firstValueFrom(this.http.post(`${userUrl(user.id)}/reset-link`, {})),
    );
  }

  async update(user: User, change: UpdateUser): Promise<void> {
    await firstValueFrom(
      this.http.patch(userUrl(user.id), change, { headers: ifMatch(user.version) }),
    );
  }

  /** Ends the membership in this tenant; the account of the person stays. */
  async remove(user: User): Promise<void> {
    await firstValueFrom(this.http.delete(userUrl(user.id), { headers: ifMatch(user.version) }));
  }
}
