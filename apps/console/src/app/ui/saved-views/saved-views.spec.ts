import {
  HttpErrorResponse,
  type HttpInterceptorFn,
  HttpResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { MatMenuHarness } from '@angular/material/menu/testing';
import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { provideRouter, Router } from '@angular/router';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { problems } from '../../http/interceptors.ts';
import { Confirm } from '../confirm.ts';
import { Dialogs } from '../dialogs.ts';
import { Toasts } from '../toasts.ts';
import { SavedViews } from './saved-views.ts';

const view = {
  id: 'v1',
  list: 'devices',
  name: 'Lab',
  query: 'tag=lab&sort=-name',
  shared: false,
  mine: true,
};

describe('SavedViews', () => {
  let fixture: ComponentFixture<SavedViews>;
  let menu: MatMenuHarness;
  let posted: unknown[];
  let isTaken: boolean;

  const api: HttpInterceptorFn = (request) => {
    if (request.method === 'GET') {
      return of(new HttpResponse({ status: 200, body: { items: [view], nextCursor: null } }));
    }
    posted.push(request.method === 'POST' ? request.body : request.url);
    const error = { title: 'A view of this name exists', status: 409, code: 'view.duplicate' };
    return isTaken
      ? throwError(() => new HttpErrorResponse({ status: 409, error }))
      : of(new HttpResponse({ status: 201, body: view }));
  };

  beforeEach(async () => {
    posted = [];
    isTaken = false;
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems, api])),
        provideRouter([]),
        {
          provide: Dialogs,
          useValue: { ask: () => Promise.resolve({ name: 'New', shared: true }) },
        },
        { provide: Confirm, useValue: { ask: () => Promise.resolve({ reason: null }) } },
      ],
    });
    fixture = TestBed.createComponent(SavedViews);
    fixture.componentRef.setInput('list', 'devices');
    fixture.componentRef.setInput('path', '/devices');
    menu = await TestbedHarnessEnvironment.loader(fixture).getHarness(MatMenuHarness);
    await menu.open();
  });

  const press = async (text: RegExp): Promise<void> => {
    const [item] = await menu.getItems({ text });
    await item?.click();
    await fixture.whenStable();
  };

  it('puts the filters of a view into the address', async () => {
    const navigate = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await press(/^Lab/);
    expect(navigate).toHaveBeenCalledWith(['/devices'], {
      queryParams: { tag: 'lab', sort: '-name' },
    });
  });

  it('saves the address without the place in the list', async () => {
    jest.spyOn(TestBed.inject(Router), 'url', 'get').mockReturnValue('/devices?tag=lab&cursor=c9');
    await press(/Save what you see/);
    expect(posted).toEqual([{ name: 'New', shared: true, list: 'devices', query: 'tag=lab' }]);
    expect(TestBed.inject(Toasts).shown()[0]?.tone).toBe('ok');
  });

  it('says why a view was not saved', async () => {
    isTaken = true;
    await press(/Save what you see/);
    expect(TestBed.inject(Toasts).shown()[0]).toMatchObject({
      tone: 'bad',
      text: 'The view was not saved: A view of this name exists',
    });
  });
});
