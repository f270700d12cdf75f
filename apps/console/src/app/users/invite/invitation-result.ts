import { Component, input } from '@angular/core';
import type { Invitation } from '@drm/contracts';
import { OneTimeSecret } from '../../form-fields/one-time-secret.ts';
import { localTime } from '../../ui/time.ts';

/** What to do with an invitation: a link to hand over, or nothing for a person who has an account. */
@Component({
  selector: 'drm-invitation-result',
  imports: [OneTimeSecret],
  template: `
    @if (invitation().link; as link) {
      <p>
        Send this link to {{ invitation().user.displayName }}, who then chooses a password.
        @if (invitation().expiresAt; as until) {
          It works once, until {{ time(until) }}.
        }
      </p>
      <drm-one-time-secret label="The link" [secret]="link" />
    } @else {
      <p>
        {{ invitation().user.displayName }} has an account already and is a member of this tenant
        now. They sign in as before.
      </p>
    }
  `,
})
export class InvitationResult {
  readonly invitation = input.required<Invitation>();
  protected readonly time = localTime;
}
