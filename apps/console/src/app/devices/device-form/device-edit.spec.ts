import {
  HttpErrorResponse,
  type HttpInterceptorFn,
  HttpResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import type { Device } from '@drm/contracts';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { problems } from '../../http/interceptors.ts';
import { DeviceEdit } from './device-edit.ts';

const id = '0199a1b0-0000-7000-8000-000000000001';
const device: Device = {
  id,
  name: 'sw-1',
  serialNumber: null,
  vendor: 'Vendor',
  model: null,
  softwareVersion: null,
  reachability: 'unknown',
  lastContactAt: null,
  simulated: false,
  tags: [],
  protocols: [],
  address: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  description: null,
  endpoints: [],
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 3,
};

describe('DeviceEdit', () => {
  let fixture: ComponentFixture<DeviceEdit>;
  let element: HTMLElement;
  let stored: Device;
  let sent: { version: string | null; body: unknown }[];

  const api: HttpInterceptorFn = (request) => {
    if (request.method === 'GET') return of(new HttpResponse({ status: 200, body: stored }));
    const version = request.headers.get('If-Match');
    sent.push({ version, body: request.body });
    if (version === `"${stored.version}"`)
      return of(new HttpResponse({ status: 200, body: stored }));
    const error = {
      title: 'The device was changed meanwhile',
      status: 412,
      code: 'device.changed',
    };
    return throwError(() => new HttpErrorResponse({ status: 412, error }));
  };

  beforeEach(async () => {
    stored = device;
    sent = [];
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems, api])),
        provideRouter([]),
      ],
    });
    jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    fixture = TestBed.createComponent(DeviceEdit);
    fixture.componentRef.setInput('id', id);
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  const field = (name: string): HTMLInputElement => {
    const found = element.querySelector<HTMLInputElement>(`#device-${name}`);
    if (found === null) throw new Error(name);
    return found;
  };
  const type = async (name: string, text: string): Promise<void> => {
    field(name).value = text;
    field(name).dispatchEvent(new Event('input'));
    await fixture.whenStable();
  };
  const save = async (): Promise<void> => {
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  };

  it('sends only what changed, at the version it read', async () => {
    expect(fixture.componentInstance.hasUnsavedChanges()).toBe(false);
    await type('model', 'M');
    expect(fixture.componentInstance.hasUnsavedChanges()).toBe(true);
    await save();
    expect(sent).toEqual([{ version: '"3"', body: { model: 'M' } }]);
    expect(fixture.componentInstance.hasUnsavedChanges()).toBe(false);
  });

  it('never overwrites what somebody else changed without showing it', async () => {
    await type('vendor', 'Mine');
    await type('model', 'M');
    stored = { ...device, vendor: 'Theirs', description: 'new words', version: 4 };
    await save();
    expect(element.textContent).toContain('The device was changed meanwhile');
    expect(element.textContent).toContain('Theirs');
    expect(field('vendor').value).toBe('Mine');
    expect(field('description').value).toBe('new words');
    await save();
    expect(sent.at(-1)).toEqual({ version: '"4"', body: { vendor: 'Mine', model: 'M' } });
  });

  it('does not send what is not right', async () => {
    await type('name', '');
    await save();
    expect(sent).toEqual([]);
    expect(element.textContent).toContain('Enter a name');
  });
});
