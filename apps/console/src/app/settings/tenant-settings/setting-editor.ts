import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Setting } from '@drm/contracts';
import { asProblem } from '../../http/api-problem.ts';
import { Age } from '../../ui/age.ts';
import { Toasts } from '../../ui/toasts.ts';
import { SettingsApi } from '../settings-api.ts';
import { parseSetting } from './setting-value.ts';

/** One setting: a switch or a field, its meaning, its default and when it was changed. */
@Component({
  selector: 'drm-setting-editor',
  imports: [Age, MatButton],
  templateUrl: './setting-editor.html',
  styleUrl: './setting-editor.css',
})
export class SettingEditor {
  readonly setting = input.required<Setting>();
  readonly mayWrite = input.required<boolean>();
  readonly saved = output();
  private readonly api = inject(SettingsApi);
  private readonly toasts = inject(Toasts);
  protected readonly draft = linkedSignal(() => this.setting().value);
  protected readonly isNumber = computed(() => typeof this.setting().value === 'number');
  protected readonly isChanged = computed(
    () => String(this.draft()) !== String(this.setting().value),
  );
  protected readonly message = signal<string | null>(null);
  protected readonly isBusy = signal(false);
  protected readonly inputId = computed(() => `setting-${this.setting().key.replaceAll('.', '-')}`);

  protected toggle(checked: boolean): void {
    this.draft.set(checked);
    void this.save();
  }

  protected async save(): Promise<void> {
    const parsed = parseSetting(this.setting(), this.draft());
    if ('message' in parsed) {
      this.message.set(parsed.message);
      return;
    }
    await this.send(parsed.value, `${this.setting().title} is saved.`);
  }

  protected reset(): Promise<void> {
    return this.send(null, `${this.setting().title} has its default again.`);
  }

  private async send(value: Setting['value'] | null, done: string): Promise<void> {
    this.isBusy.set(true);
    this.message.set(null);
    try {
      await this.api.save(this.setting().key, value);
      this.toasts.ok(done);
      this.saved.emit();
    } catch (error) {
      const problem = asProblem(error);
      this.message.set(problem.errors[0]?.message ?? problem.detail ?? problem.title);
      this.draft.set(this.setting().value);
    } finally {
      this.isBusy.set(false);
    }
  }
}
