import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { DeviceSummary } from '@drm/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { problems } from '../http/interceptors.ts';
import { type Answer, Confirm, type Question } from '../ui/confirm.ts';
import { Dialogs } from '../ui/dialogs.ts';
import { Toasts } from '../ui/toasts.ts';
import { DeviceActions } from './device-actions.ts';

const device = { id: 'd1', name: 'sw\u202E1' };
const refusal = { title: 'You may not do this', status: 403, code: 'permission.denied', type: '' };

describe('DeviceActions', () => {
  let http: HttpTestingController;
  let actions: DeviceActions;
  let answer: Answer | null;
  let asked: Question[];
  let opened: { data?: unknown }[];

  beforeEach(() => {
    answer = { reason: null };
    asked = [];
    opened = [];
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems])),
        provideHttpClientTesting(),
        {
          provide: Confirm,
          useValue: {
            ask: (question: Question) => {
              asked.push(question);
              return Promise.resolve(answer);
            },
          },
        },
        {
          provide: Dialogs,
          useValue: {
            ask: (_: unknown, config: { data?: unknown }) => {
              opened.push(config);
              return Promise.resolve(undefined);
            },
          },
        },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    actions = TestBed.inject(DeviceActions);
  });

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  };
  const toasts = (): { tone: string; text: string }[] =>
    TestBed.inject(Toasts)
      .shown()
      .map(({ tone, text }) => ({ tone, text }));

  it('probes with a key that makes a repetition harmless, and links to the job', async () => {
    const done = actions.probe(device);
    const request = http.expectOne('/api/v1/devices/d1/probe');
    expect(request.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
    request.flush({ id: 'j1' });
    await done;
    expect(TestBed.inject(Toasts).shown()[0]?.link?.path).toEqual(['/jobs', 'j1']);
  });

  it('says why a probe did not start', async () => {
    const done = actions.probe(device);
    http
      .expectOne('/api/v1/devices/d1/probe')
      .flush(refusal, { status: 403, statusText: 'Forbidden' });
    await done;
    expect(toasts()).toEqual([
      { tone: 'bad', text: 'The probe did not start: You may not do this' },
    ]);
  });

  it('deletes after asking, at the version that was read', async () => {
    const done = actions.remove(device);
    await turns();
    http.expectOne('/api/v1/devices/d1').flush({ id: 'd1', version: 7 });
    await turns();
    const request = http.expectOne({ method: 'DELETE', url: '/api/v1/devices/d1' });
    expect(request.request.headers.get('If-Match')).toBe('"7"');
    request.flush(null);
    expect(await done).toBe(true);
    expect(asked[0]?.title).toBe('Delete sw⟨U+202E⟩1?');
  });

  it('deletes nothing when the person thinks better of it', async () => {
    answer = null;
    expect(await actions.remove(device)).toBe(false);
    http.verify();
  });

  it('says why a device was not deleted', async () => {
    const done = actions.remove(device);
    await turns();
    http.expectOne('/api/v1/devices/d1').flush(refusal, { status: 403, statusText: 'Forbidden' });
    expect(await done).toBe(false);
    expect(toasts()[0]?.tone).toBe('bad');
  });

  it('runs on chosen rows with the protocols they have', async () => {
    const row = (id: string, protocols: string[]): DeviceSummary =>
      ({ id, protocols }) as unknown as DeviceSummary;
    const rows = [row('a', ['snmp']), row('b', ['snmp', 'cwmp'])];
    await actions.runOnSelection({ mode: 'ids', ids: new Set(['a', 'b']), rows }, []);
    expect(opened[0]?.data).toEqual({
      targets: { deviceIds: ['a', 'b'] },
      count: 2,
      protocols: ['snmp', 'cwmp'],
    });
  });

  it('runs on everything that matches as a filter, never as a list of loaded rows', async () => {
    await actions.runOnSelection(
      { mode: 'query', query: { tag: 'lab' }, count: 77, exact: true, except: new Set(['x']) },
      ['snmp'],
    );
    expect(opened[0]?.data).toEqual({
      targets: { filter: { tag: 'lab' }, except: ['x'] },
      count: 76,
      protocols: ['snmp'],
    });
  });
});
