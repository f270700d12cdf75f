import { APP_BASE_HREF, BrowserPlatformLocation, PlatformLocation } from '@angular/common';
import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from './console-config.ts';
import { slugOf, TenantLocation } from './tenant-location.ts';

const at = (path: string): TenantLocation => {
  window.history.replaceState(null, '', path);
  TestBed.configureTestingModule({
    providers: [
      { provide: APP_BASE_HREF, useValue: '/' },
      { provide: PlatformLocation, useExisting: BrowserPlatformLocation },
    ],
  });
  return TestBed.inject(TenantLocation);
};

describe('TenantLocation', () => {
  afterEach(() => window.history.replaceState(null, '', '/'));

  it('hides the tenant of the address from the routes', () => {
    const location = at('/t/demo/devices?q=a');
    expect(location.tenantSlug).toBe('demo');
    expect(location.path()).toBe('/devices?q=a');
    expect(location.prepareExternalUrl('/jobs')).toBe('/t/demo/jobs');
    expect(location.prepareExternalUrl('/')).toBe('/t/demo');
  });

  it('reads the root of a tenant', () => {
    expect(at('/t/demo').path()).toBe('/');
  });

  it('adds the tenant once it is known', () => {
    const location = at('/devices');
    expect(location.tenantSlug).toBeNull();
    expect(location.prepareExternalUrl('/devices')).toBe('/devices');
    location.useTenant('acme');
    expect(location.prepareExternalUrl('/devices?q=1')).toBe('/t/acme/devices?q=1');
  });

  it('keeps the pages that have no tenant', () => {
    const location = at('/t/demo/devices');
    expect(location.prepareExternalUrl('/login?returnTo=x')).toBe('/login?returnTo=x');
    expect(location.prepareExternalUrl('/accept-invitation')).toBe('/accept-invitation');
    expect(location.prepareExternalUrl('/logins')).toBe('/t/demo/logins');
  });

  it('does not take other addresses for a tenant', () => {
    expect(slugOf('/tenants')).toBeNull();
    expect(slugOf('/t/')).toBeNull();
    expect(slugOf('/t/a%20b?x')).toBe('a b');
  });
});

describe('readConfig', () => {
  it('defaults to the same origin with live events', () => {
    expect(readConfig(null)).toEqual({ apiBaseUrl: '', enableSse: true, version: '', demo: false });
  });

  it('takes an address without its last slash', () => {
    expect(readConfig({ apiBaseUrl: 'https://api.example.com/', enableSse: false })).toMatchObject({
      apiBaseUrl: 'https://api.example.com',
      enableSse: false,
    });
  });

  it('refuses an address of another scheme', () => {
    expect(() => readConfig({ apiBaseUrl: 'javascript:alert(1)' })).toThrow('apiBaseUrl');
  });
});
