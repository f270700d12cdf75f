import { provideZonelessChangeDetection, signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { ActivatedRoute, provideRouter, Router } from '@angular/router';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '../http/api-problem.ts';
import { Session } from '../session/session.ts';
import { TenantLocation } from '../session/tenant-location.ts';
import { AcceptInvitationPage } from './accept-invitation.ts';

const token = 'abcdefghijklmnopqrstuvwx';

describe('AcceptInvitationPage', () => {
  let fixture: ComponentFixture<AcceptInvitationPage>;
  let element: HTMLElement;
  let taken: unknown[][];
  let outcome: Error | null;

  const open = async (fragment: string | null): Promise<void> => {
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideRouter([]),
        { provide: ActivatedRoute, useValue: { snapshot: { fragment } } },
        { provide: TenantLocation, useValue: { useTenant: () => undefined } },
        {
          provide: Session,
          useValue: {
            tenant: signal({ slug: 'demo' }),
            acceptInvitation: (...values: unknown[]) => {
              taken.push(values);
              return outcome === null ? Promise.resolve() : Promise.reject(outcome);
            },
          },
        },
      ],
    });
    fixture = TestBed.createComponent(AcceptInvitationPage);
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  };
  const send = async (password: string, again = password): Promise<string> => {
    for (const [name, value] of Object.entries({ password, again })) {
      const input = element.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (input) input.value = value;
    }
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await fixture.whenStable();
    return element.querySelector('[role=alert]')?.textContent.trim() ?? '';
  };

  beforeEach(() => {
    taken = [];
    outcome = null;
  });

  it('takes the link and goes in', async () => {
    await open(`token=${token}`);
    const go = jest.spyOn(TestBed.inject(Router), 'navigateByUrl').mockResolvedValue(true);
    await send('a long enough password');
    expect(taken).toEqual([[token, 'a long enough password', '']]);
    expect(go).toHaveBeenCalledWith('/', { replaceUrl: true });
  });

  it('says when the link is not complete', async () => {
    await open(null);
    expect(await send('a long enough password')).toContain('not complete');
    expect(taken).toEqual([]);
  });

  it('asks for a longer password, and for the same one twice', async () => {
    await open(`token=${token}`);
    expect(await send('short')).toContain('at least 12 characters');
    expect(await send('a long enough password', 'another password')).toContain('not the same');
    expect(taken).toEqual([]);
  });

  it('says that a link works once', async () => {
    await open(`token=${token}`);
    outcome = new ApiProblem(410, 'link.used', 'x');
    expect(await send('a long enough password')).toContain('was used or has expired');
  });
});
