import { HttpClient, HttpContext } from '@angular/common/http';
import { computed, DestroyRef, inject, Service, signal } from '@angular/core';
import type { Login, Permission, Session as SessionBody, SwitchTenant } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { asProblem } from '../http/api-problem.ts';
import { IS_SESSION_CALL } from '../http/session-call.ts';
import { SessionChannel } from './session-channel.ts';

export type SessionPhase = 'starting' | 'anonymous' | 'signed-in' | 'unreachable';
type EndReason = 'signed-out' | 'expired';

const AUTH = '/api/v1/auth';
/** Part of the token's life after which a new one is fetched. */
const REFRESH_AT = 0.8;
/** Pause before the next try when the server did not answer a refresh. */
const RETRY_MS = 15_000;

/**
 * Who is signed in, in which tenant, and what they may do. The access token lives in memory only; the refresh token is a cookie
 * that scripts cannot read.
 */
@Service()
export class Session {
  private readonly http = inject(HttpClient);
  private readonly channel = inject(SessionChannel);
  private readonly body = signal<SessionBody | null>(null);
  private readonly currentPhase = signal<SessionPhase>('starting');
  private readonly ended = signal<EndReason | null>(null);
  private renewing: Promise<string | null> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewAt = Number.POSITIVE_INFINITY;

  readonly phase = this.currentPhase.asReadonly();
  readonly endReason = this.ended.asReadonly();
  readonly user = computed(() => this.body()?.user ?? null);
  readonly tenant = computed(() => this.body()?.tenant ?? null);
  readonly tenants = computed(() => this.body()?.tenants ?? []);
  readonly permissions = computed<ReadonlySet<Permission>>(
    () => new Set(this.body()?.permissions ?? []),
  );

  constructor() {
    this.channel.onMessage((message) => {
      if (message.kind === 'ended') this.forget('signed-out');
      else if (this.currentPhase() !== 'signed-in' || message.session.user.id === this.user()?.id) {
        this.adopt(message.session);
      } else this.forget('signed-out');
    });
    const onVisible = (): void => {
      if (document.visibilityState === 'visible' && Date.now() >= this.renewAt) {
        void this.renew(this.accessToken());
      }
    };
    document.addEventListener('visibilitychange', onVisible);
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
      document.removeEventListener('visibilitychange', onVisible);
    });
  }

  accessToken(): string | null {
    return this.body()?.accessToken ?? null;
  }

  can(permission: Permission): boolean {
    return this.permissions().has(permission);
  }

  /** Takes up the session of the cookie, if there is one. */
  async start(): Promise<void> {
    this.currentPhase.set('starting');
    await this.renew(null);
  }

  async signIn(login: Login): Promise<void> {
    this.open(await this.post<SessionBody>(`${AUTH}/login`, login));
  }

  /** Takes an invitation or reset link and is signed in after it. */
  async acceptInvitation(token: string, password: string, displayName?: string): Promise<void> {
    const body = displayName ? { token, password, displayName } : { token, password };
    this.open(await this.post<SessionBody>(`${AUTH}/accept-invitation`, body));
  }

  async switchTenant(target: SwitchTenant): Promise<void> {
    try {
      this.open(await this.sendSwitch(target));
    } catch (error) {
      // The token may have run out. It is renewed outside the lock, which renewing needs too.
      if (asProblem(error).status !== 401) throw error;
      if ((await this.renew(this.accessToken())) === null) throw error;
      this.open(await this.sendSwitch(target));
    }
  }

  async signOut(): Promise<void> {
    try {
      await this.post(`${AUTH}/logout`, {});
    } finally {
      this.channel.post({ kind: 'ended' });
      this.forget('signed-out');
    }
  }

  /**
   * A token newer than `stale`, or null when the session is over. Callers at the same time share one request, and tabs wait for
   * each other: a refresh token that is used twice looks stolen and would end the session everywhere.
   */
  renew(stale: string | null): Promise<string | null> {
    this.renewing ??= this.channel
      .alone(() => this.fetchSession(stale))
      .finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async fetchSession(stale: string | null): Promise<string | null> {
    const current = this.accessToken();
    if (current !== null && current !== stale) return current; // another tab was faster
    try {
      const body = await this.post<SessionBody>(`${AUTH}/refresh`, {});
      this.open(body);
      return body.accessToken;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 401 || problem.status === 403) {
        this.forget(current === null ? null : 'expired');
      } else if (current === null) this.currentPhase.set('unreachable');
      else this.schedule(RETRY_MS);
      return null;
    }
  }

  private post<T>(url: string, body: unknown, token?: string): Promise<T> {
    const context = new HttpContext().set(IS_SESSION_CALL, true);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return firstValueFrom(this.http.post<T>(url, body, { context, headers }));
  }

  private sendSwitch(target: SwitchTenant): Promise<SessionBody> {
    return this.channel.alone(() =>
      this.post<SessionBody>(`${AUTH}/switch-tenant`, target, this.accessToken() ?? ''),
    );
  }

  /** A session this tab was given: the other tabs get it too. */
  private open(body: SessionBody): void {
    this.adopt(body);
    this.channel.post({ kind: 'session', session: body });
  }

  private adopt(body: SessionBody): void {
    this.body.set(body);
    this.ended.set(null);
    this.currentPhase.set('signed-in');
    this.schedule(body.expiresIn * 1000 * REFRESH_AT);
  }

  private forget(reason: EndReason | null): void {
    clearTimeout(this.timer);
    this.renewAt = Number.POSITIVE_INFINITY;
    this.body.set(null);
    this.ended.set(reason);
    this.currentPhase.set('anonymous');
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    this.renewAt = Date.now() + delayMs;
    this.timer = setTimeout(() => void this.renew(this.accessToken()), delayMs);
  }
}
