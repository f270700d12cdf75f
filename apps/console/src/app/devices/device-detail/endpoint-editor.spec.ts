import {
  HttpErrorResponse,
  type HttpInterceptorFn,
  HttpResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import type { Device, Endpoint } from '@drm/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { problems } from '../../http/interceptors.ts';
import { EndpointEditor } from './endpoint-editor.ts';

const protocol = {
  id: 'dummy',
  title: 'Dummy',
  capabilities: [],
  defaultPort: 99,
  credentialsSchema: {
    type: 'object',
    properties: { user: { type: 'string' }, word: { type: 'string', writeOnly: true } },
    required: ['user', 'word'],
  },
  settingsSchema: { type: 'object', properties: { retries: { type: 'integer', default: 2 } } },
};
const endpoint = {
  id: 'e1',
  protocol: 'dummy',
  address: '192.0.2.1:99',
  enabled: true,
  settings: { retries: 5 },
  credentials: { user: 'ada' },
  secretsSet: ['word'],
  lastSuccessAt: null,
  lastError: null,
} as Endpoint;

describe('EndpointEditor', () => {
  let fixture: ComponentFixture<EndpointEditor>;
  let element: HTMLElement;
  let sent: { method: string; url: string; version: string | null; body: unknown }[];
  let refusal: { status: number; error: unknown } | null;
  let saved: number;

  const api: HttpInterceptorFn = (request) => {
    if (request.method === 'GET') {
      return of(new HttpResponse({ status: 200, body: { items: [protocol], nextCursor: null } }));
    }
    const version = request.headers.get('If-Match');
    sent.push({ method: request.method, url: request.url, version, body: request.body });
    return refusal === null
      ? of(new HttpResponse({ status: 200, body: {} }))
      : throwError(() => new HttpErrorResponse(refusal ?? {}));
  };

  const open = async (stored: Endpoint | null): Promise<void> => {
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems, api])),
      ],
    });
    fixture = TestBed.createComponent(EndpointEditor);
    fixture.componentRef.setInput('device', { id: 'd1', version: 4 } as Device);
    fixture.componentRef.setInput('endpoint', stored);
    fixture.componentInstance.saved.subscribe(() => (saved += 1));
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  };
  const type = async (selector: string, text: string): Promise<void> => {
    const input = element.querySelector<HTMLInputElement>(selector);
    if (input === null) throw new Error(selector);
    input.value = text;
    input.dispatchEvent(new Event('input'));
    await fixture.whenStable();
  };
  const save = async (): Promise<void> => {
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  };

  beforeEach(() => {
    sent = [];
    refusal = null;
    saved = 0;
  });

  it('draws the form of a protocol it has never heard of', async () => {
    await open(null);
    await type('#endpoint-address', ' 192.0.2.9 ');
    await type('[id$=-user]', 'ada');
    await type('[id$=-word]', 'secret');
    await save();
    expect(sent).toEqual([
      {
        method: 'POST',
        url: '/api/v1/devices/d1/endpoints',
        version: '"4"',
        body: {
          protocol: 'dummy',
          address: '192.0.2.9',
          enabled: true,
          credentials: { user: 'ada', word: 'secret' },
          settings: { retries: 2 },
        },
      },
    ]);
    expect(saved).toBe(1);
  });

  it('shows what is missing and sends nothing', async () => {
    await open(null);
    await save();
    expect(sent).toEqual([]);
    expect(element.textContent).toContain('Enter the address.');
    expect(element.textContent).toContain('Enter word.');
  });

  it('keeps a stored secret by leaving it out', async () => {
    await open(endpoint);
    expect(element.querySelector('[id$=-word]')).toBeNull();
    await type('#endpoint-address', '192.0.2.2');
    await save();
    expect(sent[0]).toMatchObject({
      method: 'PATCH',
      body: { address: '192.0.2.2', credentials: { user: 'ada' }, settings: { retries: 5 } },
    });
    expect(JSON.stringify(sent[0]?.body)).not.toContain('word');
  });

  it('stays open and says why the server refused', async () => {
    await open(endpoint);
    refusal = {
      status: 400,
      error: {
        title: 'The request is not valid',
        status: 400,
        code: 'request.invalid',
        errors: [{ path: 'address', code: 'x', message: 'No such port' }],
      },
    };
    await save();
    expect(saved).toBe(0);
    expect(element.querySelector('#endpoint-address-hint')?.textContent).toContain('No such port');
  });
});
