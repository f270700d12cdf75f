import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { ActivatedRoute, Router } from '@angular/router';
import { asProblem } from '../http/api-problem.ts';
import { Session } from '../session/session.ts';
import { TenantLocation } from '../session/tenant-location.ts';
import { Icon } from '../ui/icon.ts';

/** Shortest password the API takes (`PASSWORD_MIN` of the contract). */
const SHORTEST = 12;

/** Takes a one-time link: `/accept-invitation#token=…`. The part after `#` never reaches a server's log. */
@Component({
  selector: 'drm-accept-invitation',
  imports: [Icon, MatButton],
  templateUrl: './accept-invitation.html',
  styleUrl: './sign-in.css',
})
export class AcceptInvitationPage {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly location = inject(TenantLocation);
  private readonly token = new URLSearchParams(inject(ActivatedRoute).snapshot.fragment ?? '').get(
    'token',
  );
  protected readonly shortest = SHORTEST;
  protected readonly isBusy = signal(false);
  protected readonly fault = signal<string | null>(
    this.token === null ? 'This link is not complete. Copy it again, the whole line.' : null,
  );

  protected async accept(form: HTMLFormElement): Promise<void> {
    if (this.isBusy() || this.token === null) return;
    const fields = new FormData(form);
    const password = String(fields.get('password') ?? '');
    if (password.length < SHORTEST) {
      this.fault.set(`Choose a password of at least ${SHORTEST} characters.`);
      return;
    }
    if (password !== String(fields.get('again') ?? '')) {
      this.fault.set('The two passwords are not the same.');
      return;
    }
    this.isBusy.set(true);
    this.fault.set(null);
    try {
      const name = String(fields.get('displayName') ?? '').trim();
      await this.session.acceptInvitation(this.token, password, name);
      this.location.useTenant(this.session.tenant()?.slug ?? '');
      await this.router.navigateByUrl('/', { replaceUrl: true });
    } catch (error) {
      const problem = asProblem(error);
      this.fault.set(
        problem.code === 'link.used'
          ? 'This link was used or has expired. Ask for a new one.'
          : (problem.errors[0]?.message ?? problem.detail ?? problem.title),
      );
    } finally {
      this.isBusy.set(false);
    }
  }
}
