import { Component } from '@angular/core';
import { EmptyState } from '../ui/empty-state.ts';
import { PageHeader } from '../ui/page-header.ts';

@Component({
  selector: 'drm-not-found',
  imports: [EmptyState, PageHeader],
  template: `
    <div class="drm-page">
      <drm-page-header heading="Page not found" />
      <drm-empty-state
        icon="search"
        heading="There is no page at this address"
        text="The link may be old or mistyped. Start from the overview or the menu."
        action="Go to the overview"
        link="/"
      />
    </div>
  `,
})
export class NotFound {}
