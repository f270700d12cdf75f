import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { describe, expect, it } from '@jest/globals';
import { asProblem, problemOf } from './api-problem.ts';
import { readPage } from './read-page.ts';

const answer = (
  status: number,
  error: unknown,
  headers: Record<string, string> = {},
): HttpErrorResponse => new HttpErrorResponse({ status, error, headers: new HttpHeaders(headers) });

describe('problemOf', () => {
  it('reads a problem with its field errors and the time to wait', async () => {
    const problem = await problemOf(
      answer(
        429,
        {
          title: 'Too many requests',
          code: 'rate.limited',
          correlationId: 'c',
          errors: [{ path: 'name', code: 'x', message: 'Too long' }],
        },
        { 'retry-after': '42' },
      ),
    );
    expect(problem).toMatchObject({ status: 429, code: 'rate.limited', retryAfterSeconds: 42 });
    expect(problem.fieldMessage('name')).toBe('Too long');
    expect(problem.fieldMessage('other')).toBeNull();
  });

  it('reads a problem that came as text', async () => {
    const body = JSON.stringify({ title: 'No', code: 'x', detail: 'Not now' });
    expect(await problemOf(answer(503, body))).toMatchObject({ code: 'x', message: 'Not now' });
  });

  it('tells a missing server from a refusal', async () => {
    expect(await problemOf(answer(0, null))).toMatchObject({ status: 0, code: 'network' });
  });

  it('keeps the reference of an answer it does not understand', async () => {
    const problem = await problemOf(answer(502, '<html>', { 'x-correlation-id': 'ref' }));
    expect(problem).toMatchObject({ status: 502, code: 'contract', correlationId: 'ref' });
  });

  it('turns any fault into a problem', () => {
    expect(asProblem(new TypeError('x'))).toMatchObject({ code: 'contract' });
  });
});

describe('readPage', () => {
  it.each([
    null,
    [],
    {},
    { items: [] },
    { items: {}, nextCursor: null },
    { items: [], nextCursor: 4 },
  ])('refuses %j', (body) => {
    expect(() => readPage(body)).toThrow(TypeError);
  });

  it('takes a page and nothing around it', () => {
    expect(readPage({ items: [1], nextCursor: 'c', more: true })).toEqual({
      items: [1],
      nextCursor: 'c',
    });
  });
});
