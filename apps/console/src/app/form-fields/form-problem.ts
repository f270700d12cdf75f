import { Component, input } from '@angular/core';
import type { ApiProblem } from '../http/api-problem.ts';
import { CopyButton } from '../ui/copy-button.ts';
import { Icon } from '../ui/icon.ts';

/** Why a form was not taken, at its end, in words and with the reference for support. */
@Component({
  selector: 'drm-form-problem',
  imports: [CopyButton, Icon],
  template: `
    @if (problem(); as problem) {
      <div role="alert">
        <drm-icon name="error" />
        <div>
          <strong>{{ problem.title }}</strong>
          @if (problem.isStale) {
            <p>Close this, look at the new state, then try again.</p>
          } @else if (problem.detail) {
            <p>{{ problem.detail }}</p>
          }
          @for (error of problem.errors; track $index) {
            <p>{{ error.path }}: {{ error.message }}</p>
          }
          @if (problem.correlationId; as id) {
            <p class="drm-soft">
              Reference <code>{{ id }}</code>
              <drm-copy-button [text]="id" label="Copy the reference for support" />
            </p>
          }
        </div>
      </div>
    }
  `,
  styles: `
    [role='alert'] {
      display: flex;
      gap: 8px;
      align-items: start;
      padding: 10px 12px;
      border-radius: var(--drm-radius);
      background: var(--drm-bad-soft);
    }
    drm-icon {
      color: var(--drm-bad);
    }
    p {
      margin: 2px 0 0;
    }
  `,
})
export class FormProblem {
  readonly problem = input.required<ApiProblem | null>();
}
