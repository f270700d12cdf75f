import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import {
  HttpErrorResponse,
  type HttpInterceptorFn,
  HttpResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { problems } from '../../http/interceptors.ts';
import { readPage } from '../../http/read-page.ts';
import { DataTable } from './data-table.ts';
import type { Selection, TableConfig } from './table-config.ts';
import { DataTableHarness } from './testing/data-table-harness.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
}

let chosen: Selection<Thing> | null = null;
const table: TableConfig<Thing> = {
  name: 'Things',
  url: '/api/v1/things',
  countUrl: '/api/v1/things/count',
  parse: (body) => readPage<Thing>(body),
  rowId: (thing) => thing.id,
  rowLabel: (thing) => thing.name,
  rowLink: (thing) => ['/things', thing.id],
  defaultSort: 'name',
  columns: [
    { id: 'name', title: 'Name', cell: (thing) => thing.name, sort: 'name' },
    { id: 'size', title: 'Size', cell: () => null, isHidden: true },
  ],
  filters: [
    { key: 'q', title: 'Search', kind: 'search' },
    { key: 'age', title: 'Age', kind: 'select', options: [{ value: 'old', label: 'Old' }] },
  ],
  toApi: ({ age, ...same }) => (age === 'old' ? { ...same, before: '2026' } : same),
  bulk: [{ id: 'run', label: 'Run', run: (selection) => (chosen = selection) }],
  empty: { heading: 'No thing yet', text: 'Make one.' },
};

@Component({
  imports: [DataTable],
  template: `<drm-data-table [config]="table" />`,
})
class Page {
  protected readonly table = table;
}

const things = (from: number, count: number): Thing[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${from + index}`,
    name: `thing ${from + index}`,
  }));

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe('DataTable', () => {
  let router: RouterTestingHarness;
  let list: DataTableHarness;
  let asked: { url: string; query: Record<string, string> }[] = [];
  let answers: Answer[] = [];

  /** Answers at once with the next prepared answer: the page is stable after each step. */
  const api: HttpInterceptorFn = (request) => {
    const query = Object.fromEntries(
      request.params.keys().map((key) => [key, request.params.get(key) ?? '']),
    );
    asked.push({ url: request.url, query });
    const { status, body } = answers.shift() ?? { status: 200, body: page([]) };
    return status === 200
      ? of(new HttpResponse({ status, body }))
      : throwError(() => new HttpErrorResponse({ status, error: body, url: request.url }));
  };
  const page = (items: Thing[], nextCursor: string | null = null): unknown => ({
    items,
    nextCursor,
  });
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const lastQuery = (): Record<string, string> | undefined => asked.at(-1)?.query;
  const address = (): string => TestBed.inject(Router).url;

  beforeEach(() => {
    chosen = null;
    asked = [];
    answers = [];
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors([problems, api])),
        provideRouter([{ path: '**', component: Page }]),
      ],
    });
  });

  const open = async (url: string, ...prepared: Answer[]): Promise<void> => {
    answers = prepared;
    router = await RouterTestingHarness.create(url);
    list = await TestbedHarnessEnvironment.loader(router.fixture).getHarness(DataTableHarness);
  };

  it('asks for what the address says and shows the rows', async () => {
    await open('/things?q=abc&age=old&sort=-name&limit=100&cursor=c9', ok(page(things(1, 2))));
    expect(asked).toEqual([
      {
        url: '/api/v1/things',
        query: { q: 'abc', before: '2026', sort: '-name', limit: '100', cursor: 'c9' },
      },
    ]);
    expect(await list.cells()).toEqual([['thing 1'], ['thing 2']]);
    expect(await list.sortOf('Name')).toBe('descending');
  });

  it('ignores a page size that is not offered', async () => {
    await open('/things?limit=7');
    expect(lastQuery()).toEqual({ limit: '50' });
  });

  it('pages forward and back by cursors, and remembers the way', async () => {
    await open(
      '/things',
      ok(page(things(1, 2), 'c1')),
      ok(page(things(3, 2), 'c2')),
      ok(page(things(5, 1))),
    );
    expect(await list.isEnabled('Previous')).toBe(false);
    await list.click('Next');
    expect(lastQuery()).toEqual({ limit: '50', cursor: 'c1' });
    await list.click('Next');
    expect(lastQuery()).toEqual({ limit: '50', cursor: 'c2' });
    expect(address()).toBe('/things?cursor=c2');
    expect(await list.cells()).toEqual([['thing 5']]);
    expect(await list.isEnabled('Next')).toBe(false);
    answers = [ok(page(things(3, 2), 'c2')), ok(page(things(1, 2), 'c1'))];
    await list.click('Previous');
    expect(lastQuery()).toEqual({ limit: '50', cursor: 'c1' });
    await list.click('Previous');
    expect(lastQuery()).toEqual({ limit: '50' });
    expect(address()).toBe('/things');
  });

  it('sorts on the server and goes to the first page', async () => {
    await open('/things?cursor=c1', ok(page(things(1, 1))));
    expect(await list.sortOf('Name')).toBe('ascending');
    await list.sortBy('Name');
    expect(lastQuery()).toEqual({ sort: '-name', limit: '50' });
    expect(address()).toBe('/things?sort=-name');
  });

  it('puts a filter into the address and drops the cursor and the selection', async () => {
    await open('/things?cursor=c1', ok(page(things(1, 2), 'c2')));
    await list.selectRow(0);
    expect(await list.text()).toContain('1 selected');
    await list.search('abc');
    expect(address()).toBe('/things?q=abc');
    expect(lastQuery()).toEqual({ q: 'abc', limit: '50' });
    expect(await list.text()).toContain('Nothing matches these filters');
    expect(await list.text()).not.toContain('selected');
  });

  it('hands chosen rows to a bulk action', async () => {
    await open('/things', ok(page(things(1, 3))));
    await list.selectRow(0);
    await list.selectRow(2);
    await list.click('Run');
    expect(chosen?.mode === 'ids' && [...chosen.ids]).toEqual(['1', '3']);
  });

  it('means the filter, not the loaded rows, when everything that matches is chosen', async () => {
    await open('/things?age=old', ok(page(things(1, 50), 'c1')), ok({ count: 77, exact: true }));
    await list.selectPage();
    expect(await list.text()).toContain('50 selected');
    await list.click('Select everything that matches');
    expect(asked.at(-1)).toEqual({
      url: '/api/v1/things/count',
      query: { before: '2026', exact: 'true' },
    });
    expect(await list.text()).toContain('77 selected');
    await list.selectRow(4);
    expect(await list.text()).toContain('76 selected');
    await list.click('Run');
    expect(chosen).toEqual({
      mode: 'query',
      query: { before: '2026' },
      count: 77,
      exact: true,
      except: new Set(['5']),
    });
  });

  it('says what to do when there is nothing', async () => {
    await open('/things');
    expect(await list.text()).toContain('No thing yet');
  });

  it('shows a refusal without a way to try again', async () => {
    await open('/things', {
      status: 403,
      body: { title: 'You may not do this', status: 403, code: 'permission.denied' },
    });
    expect(await list.text()).toContain('You may not do this');
    expect(await list.text()).not.toContain('Try again');
  });

  it('shows an error with its reference and loads again on demand', async () => {
    await open('/things', {
      status: 503,
      body: { title: 'Gone fishing', status: 503, code: 'x', correlationId: 'ref-1' },
    });
    expect(await list.text()).toContain('ref-1');
    answers = [ok(page(things(1, 1)))];
    await list.click('Try again');
    expect(await list.cells()).toEqual([['thing 1']]);
  });

  it('does not trust an answer of another shape', async () => {
    await open('/things', ok({ rows: [] }));
    expect(await list.text()).toContain('The answer was not understood');
  });
});
