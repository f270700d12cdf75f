import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { MatDialogRef } from '@angular/material/dialog';
import type { ImportReport } from '@drm/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../../http/api-problem.ts';
import { DevicesApi } from '../devices-api.ts';
import { ImportDialog } from './import-dialog.ts';

const report = (more: Partial<ImportReport>): ImportReport => ({
  dryRun: true,
  rows: 3,
  created: 2,
  updated: 0,
  failed: 1,
  stopped: false,
  errors: [{ line: 3, column: 'tags', code: 'x', message: 'bad\u202Etag' }],
  ...more,
});

describe('ImportDialog', () => {
  let fixture: ComponentFixture<ImportDialog>;
  let element: HTMLElement;
  let sent: boolean[];
  let answers: (ImportReport | Error)[];
  let closedWith: unknown;

  beforeEach(async () => {
    sent = [];
    answers = [];
    closedWith = undefined;
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        { provide: MatDialogRef, useValue: { close: (value: unknown) => (closedWith = value) } },
        {
          provide: DevicesApi,
          useValue: {
            import: (_: Blob, isDryRun: boolean) => {
              sent.push(isDryRun);
              const answer = answers.shift();
              return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
            },
          },
        },
      ],
    });
    fixture = TestBed.createComponent(ImportDialog);
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  const choose = async (): Promise<void> => {
    const input = element.querySelector('input');
    Object.defineProperty(input, 'files', { value: [new File(['name'], 'd.csv')] });
    input?.dispatchEvent(new Event('change'));
    await fixture.whenStable();
  };
  const button = (text: string): HTMLButtonElement | undefined =>
    [...element.querySelectorAll('button')].find((one) => one.textContent.trim() === text);

  it('tries the file first and shows every bad row', async () => {
    answers = [report({})];
    await choose();
    expect(sent).toEqual([true]);
    expect(element.textContent).toContain('2 would be added');
    expect(element.textContent).toContain('bad⟨U+202E⟩tag');
    expect(button('Import')?.disabled).toBe(false);
  });

  it('imports on demand and tells the list to load again', async () => {
    answers = [report({}), report({ dryRun: false })];
    await choose();
    button('Import')?.click();
    await fixture.whenStable();
    expect(sent).toEqual([true, false]);
    expect(element.textContent).toContain('2 devices added');
    button('Close')?.click();
    expect(closedWith).toBe(true);
  });

  it('offers no import when no row is good', async () => {
    answers = [report({ created: 0, stopped: true })];
    await choose();
    expect(button('Import')?.disabled).toBe(true);
    expect(element.textContent).toContain('Stopped: 100 rows were bad');
  });

  it('shows why a file was refused', async () => {
    answers = [
      new ApiProblem(400, 'import.invalid_header', 'The first line is not a known header'),
    ];
    await choose();
    expect(element.textContent).toContain('The first line is not a known header');
    expect(button('Import')?.disabled).toBe(true);
    button('Cancel')?.click();
    expect(closedWith).toBe(false);
  });
});
