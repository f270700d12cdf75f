import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Session as SessionBody } from '@drm/contracts';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { ApiProblem } from '../http/api-problem.ts';
import { apiBase, bearer, problems } from '../http/interceptors.ts';
import { CONSOLE_CONFIG } from './console-config.ts';
import { SessionChannel, type SessionMessage } from './session-channel.ts';
import { Session } from './session.ts';

const tenant = { id: '1', slug: 'demo', name: 'Demo' };
const body = (accessToken: string, more: Partial<SessionBody> = {}): SessionBody => ({
  accessToken,
  expiresIn: 600,
  user: { id: 'u1', email: 'a@example.com', displayName: 'Ada', platformAdmin: false },
  tenant,
  tenants: [tenant],
  permissions: ['devices:read'],
  ...more,
});
const ENDED = {
  title: 'The session has ended',
  status: 401,
  code: 'auth.refresh_invalid',
  type: '',
};
const refused = { status: 401, statusText: 'Unauthorized' };

class FakeChannel {
  readonly sent: SessionMessage[] = [];
  private listener: (message: SessionMessage) => void = () => undefined;
  onMessage(listener: (message: SessionMessage) => void): void {
    this.listener = listener;
  }
  post(message: SessionMessage): void {
    this.sent.push(message);
  }
  private isHeld = false;
  /** Like the real lock: who asks for it again while holding it waits for ever. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.isHeld) throw new Error('deadlock');
    this.isHeld = true;
    try {
      return await work();
    } finally {
      this.isHeld = false;
    }
  }
  receive(message: SessionMessage): void {
    this.listener(message);
  }
}

describe('Session', () => {
  let http: HttpTestingController;
  let session: Session;
  let channel: FakeChannel;

  beforeEach(() => {
    channel = new FakeChannel();
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems, bearer, apiBase])),
        provideHttpClientTesting(),
        {
          provide: CONSOLE_CONFIG,
          useValue: { apiBaseUrl: '', enableSse: true, version: '', demo: false },
        },
        { provide: SessionChannel, useValue: channel },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    session = TestBed.inject(Session);
  });
  afterEach(() => {
    jest.useRealTimers();
    http.verify();
  });

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  };
  const signIn = async (token = 't1'): Promise<void> => {
    const done = session.signIn({ email: 'a@example.com', password: 'x' });
    http.expectOne('/api/v1/auth/login').flush(body(token));
    await done;
  };
  const get = (url: string): Promise<unknown> =>
    firstValueFrom(TestBed.inject(HttpClient).get(url));

  it('takes up the session of the cookie at start', async () => {
    const started = session.start();
    const request = http.expectOne('/api/v1/auth/refresh');
    expect(request.request.withCredentials).toBe(true);
    expect(request.request.headers.has('authorization')).toBe(false);
    request.flush(body('t0'));
    await started;
    expect(session.phase()).toBe('signed-in');
    expect(session.can('devices:read')).toBe(true);
    expect(session.can('jobs:run')).toBe(false);
  });

  it('is anonymous without a cookie, and does not call that an expired session', async () => {
    const started = session.start();
    http.expectOne('/api/v1/auth/refresh').flush(ENDED, refused);
    await started;
    expect(session.phase()).toBe('anonymous');
    expect(session.endReason()).toBeNull();
  });

  it('says that the server does not answer, rather than that nobody is signed in', async () => {
    const started = session.start();
    http.expectOne('/api/v1/auth/refresh').error(new ProgressEvent('error'));
    await started;
    expect(session.phase()).toBe('unreachable');
  });

  it('sends the token, and refreshes once for requests that fail together', async () => {
    await signIn();
    const both = Promise.all([get('/api/v1/a'), get('/api/v1/b')]);
    const [first, second] = [http.expectOne('/api/v1/a'), http.expectOne('/api/v1/b')];
    expect(first.request.headers.get('authorization')).toBe('Bearer t1');
    first.flush(ENDED, refused);
    second.flush(ENDED, refused);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(body('t2'));
    await turns();
    const again = http.expectOne('/api/v1/a');
    expect(again.request.headers.get('authorization')).toBe('Bearer t2');
    again.flush('A');
    http.expectOne('/api/v1/b').flush('B');
    expect(await both).toEqual(['A', 'B']);
  });

  it('does not try a third time', async () => {
    await signIn();
    const answer = get('/api/v1/a').catch((error: ApiProblem) => error.status);
    http.expectOne('/api/v1/a').flush(ENDED, refused);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(body('t2'));
    await turns();
    http.expectOne('/api/v1/a').flush(ENDED, refused);
    expect(await answer).toBe(401);
  });

  it('ends when the refresh is refused', async () => {
    await signIn();
    const answer = get('/api/v1/a').catch((error: ApiProblem) => error.code);
    http.expectOne('/api/v1/a').flush(ENDED, refused);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(ENDED, refused);
    expect(await answer).toBe('auth.refresh_invalid');
    expect(session.phase()).toBe('anonymous');
    expect(session.endReason()).toBe('expired');
    expect(session.accessToken()).toBeNull();
  });

  it('uses the token another tab has fetched meanwhile', async () => {
    await signIn();
    channel.receive({ kind: 'session', session: body('t9') });
    expect(await session.renew('t1')).toBe('t9');
  });

  it('refreshes at 80 % of the token life', async () => {
    jest.useFakeTimers();
    await signIn();
    jest.advanceTimersByTime(479_000);
    http.expectNone('/api/v1/auth/refresh');
    jest.advanceTimersByTime(1_000);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(body('t2'));
    await turns();
    expect(session.accessToken()).toBe('t2');
  });

  it('keeps the session when a refresh finds no server, and tries again', async () => {
    jest.useFakeTimers();
    await signIn();
    jest.advanceTimersByTime(480_000);
    await turns();
    http.expectOne('/api/v1/auth/refresh').error(new ProgressEvent('error'));
    await turns();
    expect(session.phase()).toBe('signed-in');
    jest.advanceTimersByTime(15_000);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(body('t2'));
    await turns();
    expect(session.accessToken()).toBe('t2');
  });

  it('signs out everywhere, even when the server cannot be told', async () => {
    await signIn();
    const done = session.signOut().catch(() => 'failed');
    http.expectOne('/api/v1/auth/logout').error(new ProgressEvent('error'));
    expect(await done).toBe('failed');
    expect(session.phase()).toBe('anonymous');
    expect(channel.sent).toContainEqual({ kind: 'ended' });
  });

  it('ends with the tab that signed out', async () => {
    await signIn();
    channel.receive({ kind: 'ended' });
    expect(session.phase()).toBe('anonymous');
  });

  it('does not become somebody else because another tab signed in as them', async () => {
    await signIn();
    const other = { id: 'u2', email: 'b@example.com', displayName: 'Bob', platformAdmin: true };
    channel.receive({ kind: 'session', session: body('t9', { user: other }) });
    expect(session.phase()).toBe('anonymous');
  });

  it('switches with a new token when the old one has run out', async () => {
    await signIn();
    const done = session.switchTenant({ tenantId: '2' });
    await turns();
    http.expectOne('/api/v1/auth/switch-tenant').flush(ENDED, refused);
    await turns();
    http.expectOne('/api/v1/auth/refresh').flush(body('t2'));
    await turns();
    const request = http.expectOne('/api/v1/auth/switch-tenant');
    expect(request.request.headers.get('authorization')).toBe('Bearer t2');
    request.flush(body('t3'));
    await done;
    expect(session.accessToken()).toBe('t3');
  });

  it('takes the session of the tenant it switched to and tells the tabs', async () => {
    await signIn();
    const acme = { id: '2', slug: 'acme', name: 'Acme' };
    const done = session.switchTenant({ tenantId: '2', reason: 'support call' });
    await turns();
    const request = http.expectOne('/api/v1/auth/switch-tenant');
    expect(request.request.headers.get('authorization')).toBe('Bearer t1');
    request.flush(body('t2', { tenant: acme }));
    await done;
    expect(session.tenant()).toEqual(acme);
    expect(channel.sent.at(-1)).toMatchObject({ kind: 'session', session: { tenant: acme } });
  });
});
