import { computed, Directive, inject } from '@angular/core';
import { FORM_FIELD } from '@angular/forms/signals';

/** Says to screen readers and to the style that a visited field is wrong. */
@Directive({
  selector: '[formField].drm-input',
  host: { '[attr.aria-invalid]': 'isWrong() ? "true" : null' },
})
export class InvalidMark {
  private readonly field = inject(FORM_FIELD);
  protected readonly isWrong = computed(
    () => this.field.state().touched() && this.field.state().invalid(),
  );
}
