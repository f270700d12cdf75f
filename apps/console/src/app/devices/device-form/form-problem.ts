import { Component, effect, ElementRef, inject, input } from '@angular/core';
import type { ApiProblem } from '../../http/api-problem.ts';
import { CopyButton } from '../../ui/copy-button.ts';
import { Icon } from '../../ui/icon.ts';

/** What the server found wrong with a form, above it. It takes the focus when it appears. */
@Component({
  selector: 'drm-form-problem',
  imports: [CopyButton, Icon],
  template: `
    @if (problem(); as problem) {
      <div class="box" role="alert" tabindex="-1">
        <drm-icon name="error" />
        <div>
          <strong>{{ problem.title }}</strong>
          @if (problem.detail && problem.detail !== problem.title) {
            <p>{{ problem.detail }}</p>
          }
          @if (problem.isStale) {
            <p>
              Someone saved another change while you were editing. What you entered is still here:
              compare it and save again, or leave without saving.
            </p>
          }
          @if (problem.errors.length > 0) {
            <ul>
              @for (error of problem.errors; track $index) {
                <li>
                  @if (error.path) {
                    <code>{{ error.path }}</code>:
                  }
                  {{ error.message }}
                </li>
              }
            </ul>
          }
          @if (problem.correlationId; as id) {
            <span class="drm-soft"
              >Reference <code>{{ id }}</code></span
            >
            <drm-copy-button [text]="id" label="Copy the reference for support" />
          }
        </div>
      </div>
    }
  `,
  styles: `
    .box {
      display: flex;
      gap: 10px;
      padding: 10px 12px;
      border: 1px solid var(--drm-bad);
      border-radius: var(--drm-radius);
      background: var(--drm-bad-soft);
    }
    .box > drm-icon {
      color: var(--drm-bad);
    }
    ul {
      margin: 4px 0;
      padding-inline-start: 18px;
    }
    p {
      margin: 2px 0;
    }
    .drm-soft {
      color: inherit;
    }
  `,
})
export class FormProblem {
  readonly problem = input.required<ApiProblem | null>();

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    effect(() => {
      if (this.problem() === null) return;
      setTimeout(() => host.querySelector<HTMLElement>('.box')?.focus());
    });
  }
}
