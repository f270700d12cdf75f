import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import type { Permission } from '@drm/contracts';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Session } from '../session/session.ts';
import { Shortcuts } from './shortcuts.ts';

describe('Shortcuts', () => {
  let shortcuts: Shortcuts;
  let navigate: ReturnType<typeof jest.spyOn>;
  let permissions: Permission[] = [];

  beforeEach(() => {
    localStorage.clear();
    permissions = ['devices:read'];
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideRouter([]),
        { provide: Session, useValue: { can: (name: Permission) => permissions.includes(name) } },
      ],
    });
    shortcuts = TestBed.inject(Shortcuts);
    navigate = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
  });
  afterEach(() => document.body.replaceChildren());

  const press = (
    key: string,
    target: Element = document.body,
    more: KeyboardEventInit = {},
  ): boolean => {
    let isHandled = false;
    const listen = (event: KeyboardEvent): void => {
      isHandled = shortcuts.handle(event);
    };
    document.addEventListener('keydown', listen, { once: true });
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
    return isHandled;
  };

  it('goes to a page by two keys', () => {
    press('g');
    expect(press('d')).toBe(true);
    expect(navigate).toHaveBeenCalledWith(['/devices']);
  });

  it('does not go where the person may not', () => {
    press('g');
    expect(press('a')).toBe(false);
    expect(navigate).not.toHaveBeenCalled();
  });

  it('leaves keys alone that belong to a field or to the browser', () => {
    const input = document.createElement('input');
    document.body.append(input);
    press('g', input);
    expect(press('d', input)).toBe(false);
    press('g');
    expect(press('d', document.body, { ctrlKey: true })).toBe(false);
  });

  it('focuses the search field of the page', () => {
    document.body.innerHTML = '<main><input type="search" value="abc" /></main>';
    expect(press('/')).toBe(true);
    expect(document.activeElement?.tagName).toBe('INPUT');
  });

  it('can be switched off, and stays off', () => {
    shortcuts.switch(false);
    press('g');
    expect(press('d')).toBe(false);
    expect(localStorage.getItem('drm.shortcuts')).toBe('off');
  });
});
