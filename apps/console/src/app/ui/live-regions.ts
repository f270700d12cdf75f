import { Component, inject } from '@angular/core';
import { Announcer } from './announcer.ts';

@Component({
  selector: 'drm-live-regions',
  template: `
    <div class="drm-hidden" aria-live="polite" role="status">{{ announcer.polite() }}</div>
    <div class="drm-hidden" aria-live="assertive" role="alert">{{ announcer.assertive() }}</div>
  `,
})
export class LiveRegions {
  protected readonly announcer = inject(Announcer);
}
