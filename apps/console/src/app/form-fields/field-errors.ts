import { Component, computed, input } from '@angular/core';
import type { FieldState } from '@angular/forms/signals';

/** What is wrong with one field, shown once it was visited or the form was sent. One message at a time is enough. */
@Component({
  selector: 'drm-field-errors',
  template: `@if (message(); as text) {
    <span class="drm-error" role="alert">{{ text }}</span>
  }`,
})
export class FieldErrors {
  readonly of = input.required<Pick<FieldState<unknown>, 'touched' | 'errors'>>();
  protected readonly message = computed(() =>
    this.of().touched() ? (this.of().errors()[0]?.message ?? null) : null,
  );
}
