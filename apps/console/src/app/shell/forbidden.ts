import { Component, computed, input } from '@angular/core';
import { EmptyState } from '../ui/empty-state.ts';
import { PageHeader } from '../ui/page-header.ts';

@Component({
  selector: 'drm-forbidden',
  imports: [EmptyState, PageHeader],
  template: `
    <div class="drm-page">
      <drm-page-header heading="You may not open this page" />
      <drm-empty-state icon="lock" heading="A permission is missing" [text]="text()" />
    </div>
  `,
})
export class Forbidden {
  /** The permission that is missing. */
  readonly needs = input('');
  protected readonly text = computed(
    () => `This page needs the permission ${this.needs()}. Ask an administrator of your tenant.`,
  );
}
