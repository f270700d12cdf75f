import { Component, provideZonelessChangeDetection, signal, viewChild } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import type { FieldError, JsonValue } from '@drm/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { JsonSchemaForm } from './json-schema-form.ts';

const credentials: Record<string, JsonValue> = {
  oneOf: [
    {
      type: 'object',
      title: 'Two',
      properties: {
        version: { type: 'string', const: '2c' },
        community: { type: 'string', minLength: 1, writeOnly: true, title: 'Community' },
      },
      required: ['version', 'community'],
    },
    {
      type: 'object',
      title: 'Three',
      properties: {
        version: { type: 'string', const: '3' },
        user: { type: 'string', maxLength: 8, title: 'User' },
        level: { type: 'string', enum: ['none', 'both'], default: 'both' },
        authPassword: { type: 'string', minLength: 8, writeOnly: true },
        retries: { type: 'integer', minimum: 0, maximum: 3 },
        trusted: { type: 'boolean', default: true },
      },
      required: ['version', 'user', 'level'],
    },
  ],
};

@Component({
  imports: [JsonSchemaForm],
  template: `<drm-json-schema-form
    [schema]="schema"
    [initial]="initial()"
    [secretsSet]="secretsSet()"
    [errors]="errors()"
  />`,
})
class Page {
  readonly form = viewChild.required(JsonSchemaForm);
  readonly schema = credentials;
  readonly initial = signal<Record<string, JsonValue>>({});
  readonly secretsSet = signal<string[]>([]);
  readonly errors = signal<FieldError[]>([]);
}

describe('JsonSchemaForm', () => {
  let fixture: ComponentFixture<Page>;
  let page: Page;
  let element: HTMLElement;

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] });
    fixture = TestBed.createComponent(Page);
    page = fixture.componentInstance;
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  const control = (label: string): HTMLInputElement => {
    const found = [...element.querySelectorAll('label')].find((one) =>
      one.textContent.trim().startsWith(label),
    );
    const target = found?.htmlFor
      ? element.querySelector(`#${found.htmlFor}`)
      : found?.querySelector('input, select');
    if (!target) throw new Error(`no control ${label}`);
    return target as HTMLInputElement;
  };
  const type = async (label: string, value: string): Promise<void> => {
    const input = control(label);
    input.value = value;
    input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input'));
    await fixture.whenStable();
  };
  const press = async (text: string): Promise<void> => {
    [...element.querySelectorAll('button')].find((one) => one.textContent.includes(text))?.click();
    await fixture.whenStable();
  };

  it('draws the first alternative and sends its constant', async () => {
    await type('Community', 'word');
    expect(page.form().isValid()).toBe(true);
    expect(page.form().value()).toEqual({ version: '2c', community: 'word' });
  });

  it('uses password fields for secrets', () => {
    expect(control('Community').type).toBe('password');
    expect(control('Community').autocomplete).toBe('new-password');
  });

  it('changes to another alternative with its defaults', async () => {
    await type('Kind', '1');
    await type('User', 'ada');
    expect(page.form().value()).toEqual({
      version: '3',
      user: 'ada',
      level: 'both',
      trusted: true,
    });
  });

  it('opens the alternative that is stored', async () => {
    page.initial.set({ version: '3', user: 'ada', level: 'none', trusted: false, retries: 2 });
    await fixture.whenStable();
    expect(control('User').value).toBe('ada');
    expect(page.form().value()).toEqual({
      version: '3',
      user: 'ada',
      level: 'none',
      trusted: false,
      retries: 2,
    });
  });

  it('never echoes a secret, not even one that the server sent by mistake', async () => {
    page.initial.set({ version: '2c', community: 'leaked' });
    page.secretsSet.set(['community']);
    await fixture.whenStable();
    expect(element.innerHTML).not.toContain('leaked');
    expect(JSON.stringify(page.form().value())).not.toContain('leaked');
    await press('Replace');
    expect(control('Community').value).toBe('');
  });

  it('keeps a stored secret unless it is replaced', async () => {
    page.initial.set({ version: '2c' });
    page.secretsSet.set(['community']);
    await fixture.whenStable();
    expect(element.textContent).toContain('Set');
    expect(page.form().isValid()).toBe(true);
    expect(page.form().value()).toEqual({ version: '2c' });
    await press('Replace');
    expect(page.form().isValid()).toBe(false);
    await type('Community', 'new');
    expect(page.form().value()).toEqual({ version: '2c', community: 'new' });
    await press('Keep the stored one');
    expect(page.form().value()).toEqual({ version: '2c' });
  });

  it('takes an optional secret away only when told to', async () => {
    page.initial.set({ version: '3', user: 'ada' });
    page.secretsSet.set(['authPassword']);
    await fixture.whenStable();
    expect(page.form().value()).not.toHaveProperty('authPassword');
    await press('Remove');
    expect(page.form().value()).toMatchObject({ user: 'ada', authPassword: null });
    await press('Keep');
    expect(page.form().value()).not.toHaveProperty('authPassword');
  });

  it('shows faults when asked, in words', async () => {
    await type('Kind', '1');
    expect(element.querySelector('.drm-error')).toBeNull();
    await type('retries', '9').catch(() => undefined);
    await type('Retries', '9');
    await type('Auth password', 'short');
    expect(page.form().check()).toBe(false);
    await fixture.whenStable();
    const said = [...element.querySelectorAll('.drm-error')].map((one) => one.textContent);
    expect(said).toEqual(['Enter user.', 'At least 8 characters.', 'At most 3.']);
  });

  it('shows what the server refused beside the field', async () => {
    page.errors.set([
      { path: 'endpoints.0.credentials.community', code: 'x', message: 'Too simple' },
    ]);
    await fixture.whenStable();
    expect(element.querySelector('.drm-error')?.textContent).toBe('Too simple');
    expect(control('Community').getAttribute('aria-invalid')).toBe('true');
  });
});
