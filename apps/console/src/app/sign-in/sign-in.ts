import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';
import { asProblem } from '../http/api-problem.ts';
import { Session } from '../session/session.ts';
import { slugOf, TenantLocation } from '../session/tenant-location.ts';
import { Icon } from '../ui/icon.ts';
import { Countdown } from './countdown.ts';
import { safeReturn } from './safe-return.ts';

@Component({
  selector: 'drm-sign-in',
  imports: [Icon, MatButton],
  providers: [Countdown],
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.css',
})
export class SignIn {
  /** Where to go afterwards: a path of this console, with the tenant. */
  readonly returnTo = input('');
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly location = inject(TenantLocation);
  protected readonly countdown = inject(Countdown);
  protected readonly isBusy = signal(false);
  protected readonly isPasswordShown = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly message = computed(() => {
    const seconds = this.countdown.seconds();
    if (seconds > 0) return `Too many tries. Wait ${seconds} seconds, then try again.`;
    if (this.fault() !== null) return this.fault();
    return this.session.endReason() === 'expired' ? 'Your session has ended. Sign in again.' : null;
  });

  /** Reads the fields when the form is sent, because password managers fill them without events. */
  protected async signIn(form: HTMLFormElement): Promise<void> {
    if (this.isBusy() || this.countdown.seconds() > 0) return;
    const fields = new FormData(form);
    const email = String(fields.get('email') ?? '').trim();
    const password = String(fields.get('password') ?? '');
    if (email === '' || password === '') {
      this.fault.set('Enter your e-mail address and your password.');
      return;
    }
    this.isBusy.set(true);
    this.fault.set(null);
    try {
      await this.session.signIn({ email, password });
      await this.goOn();
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 429) this.countdown.start(problem.retryAfterSeconds ?? 60);
      this.fault.set(
        problem.status === 401 || problem.status === 400
          ? 'E-mail or password is wrong.'
          : (problem.detail ?? problem.title),
      );
    } finally {
      this.isBusy.set(false);
    }
  }

  private async goOn(): Promise<void> {
    const target = safeReturn(this.returnTo());
    const slug = slugOf(target) ?? this.session.tenant()?.slug;
    if (slug !== undefined) this.location.useTenant(slug);
    await this.router.navigateByUrl(target.replace(/^\/t\/[^/?#]+/, '') || '/');
  }
}
