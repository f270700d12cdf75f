import { provideZonelessChangeDetection, signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '../http/api-problem.ts';
import { Session } from '../session/session.ts';
import { TenantLocation } from '../session/tenant-location.ts';
import { safeReturn } from './safe-return.ts';
import { SignIn } from './sign-in.ts';

describe('SignIn', () => {
  let fixture: ComponentFixture<SignIn>;
  let element: HTMLElement;
  let outcome: Error | null;
  const calls: unknown[] = [];

  beforeEach(async () => {
    outcome = null;
    calls.length = 0;
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideRouter([]),
        { provide: TenantLocation, useValue: { useTenant: () => undefined } },
        {
          provide: Session,
          useValue: {
            endReason: signal(null),
            tenant: signal({ slug: 'demo' }),
            signIn: (login: unknown) => {
              calls.push(login);
              return outcome === null ? Promise.resolve() : Promise.reject(outcome);
            },
          },
        },
      ],
    });
    fixture = TestBed.createComponent(SignIn);
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const field = (name: string): HTMLInputElement => {
    const found = element.querySelector<HTMLInputElement>(`[name=${name}]`);
    if (found === null) throw new Error(name);
    return found;
  };
  const submit = async (): Promise<void> => {
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    fixture.detectChanges();
  };
  const message = (): string => element.querySelector('[role=alert]')?.textContent.trim() ?? '';

  it('lets password managers do their work', () => {
    expect(field('email').autocomplete).toBe('username');
    expect(field('password').autocomplete).toBe('current-password');
    expect(field('password').type).toBe('password');
  });

  it('reads fields that were filled without events', async () => {
    field('email').value = ' ada@example.com ';
    field('password').value = ' secret ';
    const navigated = jest.spyOn(TestBed.inject(Router), 'navigateByUrl').mockResolvedValue(true);
    fixture.componentRef.setInput('returnTo', '/t/demo/devices?q=1');
    await submit();
    expect(calls).toEqual([{ email: 'ada@example.com', password: ' secret ' }]);
    expect(navigated).toHaveBeenCalledWith('/devices?q=1');
  });

  it('asks for both fields', async () => {
    await submit();
    expect(calls).toEqual([]);
    expect(message()).toContain('Enter your e-mail address and your password');
  });

  it('says the same for an unknown user and a wrong password', async () => {
    field('email').value = 'a@b.c';
    field('password').value = 'x';
    outcome = new ApiProblem(401, 'auth.invalid_credentials', 'x', 'No such user');
    await submit();
    expect(message()).toContain('E-mail or password is wrong.');
    expect(message()).not.toContain('No such user');
  });

  it('counts down when there were too many tries', async () => {
    jest.useFakeTimers();
    field('email').value = 'a@b.c';
    field('password').value = 'x';
    outcome = new ApiProblem(429, 'rate.limited', 'Too many', null, null, {
      retryAfterSeconds: 42,
    });
    await submit();
    expect(message()).toContain('Wait 42 seconds');
    expect(element.querySelector<HTMLButtonElement>('[type=submit]')?.disabled).toBe(true);
    jest.advanceTimersByTime(42_000);
    fixture.detectChanges();
    expect(element.querySelector<HTMLButtonElement>('[type=submit]')?.disabled).toBe(false);
  });
});

describe('safeReturn', () => {
  it.each([
    ['/t/demo/devices?q=1#x', '/t/demo/devices?q=1#x'],
    ['', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s goes to %s', (given, target) => {
    expect(safeReturn(given)).toBe(target);
  });
});
