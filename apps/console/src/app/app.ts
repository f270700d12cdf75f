import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Session } from './session/session.ts';
import { EmptyState } from './ui/empty-state.ts';
import { LiveRegions } from './ui/live-regions.ts';
import { ToastRegion } from './ui/toast-region.ts';

@Component({
  selector: 'drm-root',
  imports: [RouterOutlet, EmptyState, LiveRegions, ToastRegion],
  template: `
    @if (session.phase() === 'unreachable') {
      <main class="drm-page">
        <drm-empty-state
          icon="offline"
          heading="The server does not answer"
          text="Check your connection, then try again. Nothing you saved is lost."
          action="Try again"
          (act)="session.start()"
        />
      </main>
    } @else {
      <router-outlet />
    }
    <drm-toast-region />
    <drm-live-regions />
  `,
})
export class App {
  protected readonly session = inject(Session);
}
