import { LocationStrategy } from '@angular/common';
import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import type { Permission, TenantRef } from '@drm/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { allowed, signedIn, signedOut } from './guards.ts';
import { Session } from './session.ts';
import { TenantLocation } from './tenant-location.ts';

@Component({ template: `page` })
class Page {}
@Component({ template: `forbidden` })
class Forbidden {}

const tenant: TenantRef = { id: '1', slug: 'demo', name: 'Demo' };

describe('guards', () => {
  const current = signal<TenantRef | null>(null);
  let permissions: Permission[] = [];
  let slug: string | null = null;

  beforeEach(() => {
    current.set(null);
    permissions = [];
    slug = null;
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        {
          provide: Session,
          useValue: { tenant: current, can: (name: Permission) => permissions.includes(name) },
        },
        {
          provide: TenantLocation,
          useValue: {
            get tenantSlug() {
              return slug;
            },
            useTenant: (next: string) => (slug = next),
          },
        },
        provideRouter([
          { path: 'login', component: Page, canActivate: [signedOut] },
          { path: 'forbidden', component: Forbidden },
          {
            path: '',
            canActivate: [signedIn],
            children: [
              { path: 'devices', component: Page, canActivate: [allowed('devices:read')] },
            ],
          },
        ]),
      ],
    });
    const strategy = TestBed.inject(LocationStrategy);
    strategy.prepareExternalUrl = (url: string) => `/t/acme${url}`;
  });

  const go = async (url: string): Promise<string> => {
    const harness = await RouterTestingHarness.create();
    await harness.navigateByUrl(url);
    return harness.routeNativeElement?.textContent ?? '';
  };

  it('sends strangers to the sign-in page and remembers where they wanted to go', async () => {
    await go('/devices?q=a');
    expect(TestBed.inject(Router).url).toBe('/login?returnTo=%2Ft%2Facme%2Fdevices%3Fq%3Da');
  });

  it('lets members in and gives the address their tenant', async () => {
    current.set(tenant);
    permissions = ['devices:read'];
    expect(await go('/devices')).toBe('page');
    expect(slug).toBe('demo');
  });

  it('keeps the tenant an address names', async () => {
    current.set(tenant);
    permissions = ['devices:read'];
    slug = 'acme';
    await go('/devices');
    expect(slug).toBe('acme');
  });

  it('shows which permission is missing', async () => {
    current.set(tenant);
    expect(await go('/devices')).toBe('forbidden');
  });

  it('keeps those who are signed in away from the sign-in page', async () => {
    current.set(tenant);
    permissions = ['devices:read'];
    await go('/login').catch(() => undefined);
    expect(TestBed.inject(Router).url).not.toContain('/login');
  });
});
