import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '../http/api-problem.ts';
import { Announcer } from './announcer.ts';
import { ToastRegion } from './toast-region.ts';
import { Toasts } from './toasts.ts';

describe('toasts', () => {
  let toasts: Toasts;

  beforeEach(() => {
    jest.useFakeTimers();
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), provideRouter([])],
    });
    toasts = TestBed.inject(Toasts);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('stay ten seconds, and are announced', () => {
    const fixture = TestBed.createComponent(ToastRegion);
    toasts.ok('Saved');
    fixture.detectChanges();
    expect((fixture.nativeElement as HTMLElement).textContent).toContain('Saved');
    expect(TestBed.inject(Announcer).polite()).toContain('Saved');
    jest.advanceTimersByTime(9_900);
    expect(toasts.shown()).toHaveLength(1);
    jest.advanceTimersByTime(200);
    expect(toasts.shown()).toHaveLength(0);
  });

  it('stay while somebody reads them', () => {
    const fixture = TestBed.createComponent(ToastRegion);
    const host = fixture.nativeElement as HTMLElement;
    toasts.ok('Saved');
    fixture.detectChanges();
    host.dispatchEvent(new Event('focusin'));
    jest.advanceTimersByTime(60_000);
    expect(toasts.shown()).toHaveLength(1);
    host.dispatchEvent(new Event('focusout'));
    jest.advanceTimersByTime(10_000);
    expect(toasts.shown()).toHaveLength(0);
  });

  it('show what a failed request said, urgently', () => {
    toasts.problem(new ApiProblem(409, 'x', 'Taken', 'The name is taken.', 'ref-1'), 'Not saved');
    expect(toasts.shown()[0]).toMatchObject({
      tone: 'bad',
      text: 'Not saved: The name is taken.',
      correlationId: 'ref-1',
    });
    expect(TestBed.inject(Announcer).assertive()).toContain('The name is taken.');
  });

  it('never cover the page: the oldest goes first', () => {
    for (let index = 1; index <= 6; index += 1) toasts.info(`message ${index}`);
    expect(toasts.shown().map((toast) => toast.text)).toEqual([
      'message 3',
      'message 4',
      'message 5',
      'message 6',
    ]);
  });
});
