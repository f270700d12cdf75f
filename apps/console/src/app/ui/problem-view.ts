import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { asProblem } from '../http/api-problem.ts';
import { CopyButton } from './copy-button.ts';
import { EmptyState } from './empty-state.ts';

/** A failed request in place of what it should have shown: forbidden, not found, or an error with a way to try again. */
@Component({
  selector: 'drm-problem-view',
  imports: [CopyButton, EmptyState, MatButton],
  template: `
    <drm-empty-state
      role="alert"
      [icon]="problem().isForbidden ? 'lock' : problem().status === 404 ? 'search' : 'error'"
      [heading]="problem().title"
      [text]="text()"
    >
      @if (canRetry()) {
        <button matButton="filled" type="button" (click)="retry.emit()">Try again</button>
      }
      @if (problem().correlationId; as id) {
        <p class="drm-soft">
          Reference <code>{{ id }}</code>
          <drm-copy-button [text]="id" label="Copy the reference for support" />
        </p>
      }
    </drm-empty-state>
  `,
})
export class ProblemView {
  readonly error = input.required<unknown>();
  readonly retry = output();
  protected readonly problem = computed(() => asProblem(this.error()));
  protected readonly canRetry = computed(
    () => !this.problem().isForbidden && this.problem().status !== 404,
  );
  protected readonly text = computed(() => {
    const problem = this.problem();
    if (problem.isForbidden) {
      return problem.detail ?? 'Ask an administrator of your tenant for the permission.';
    }
    if (problem.status === 404) {
      return problem.detail ?? 'It may have been deleted, or it belongs to another tenant.';
    }
    return problem.detail;
  });
}
