import { DOCUMENT, inject, Service } from '@angular/core';
import type { SwitchTenant } from '@drm/contracts';
import { Session } from '../session/session.ts';

/**
 * Goes to another tenant. The page is loaded anew: whatever was read for the old tenant leaves the memory with it.
 * @throws ApiProblem when the API refuses
 */
@Service()
export class TenantSwitch {
  private readonly session = inject(Session);
  private readonly document = inject(DOCUMENT);

  async enter(target: SwitchTenant, path = ''): Promise<void> {
    await this.session.switchTenant(target);
    const slug = this.session.tenant()?.slug ?? '';
    this.document.location.assign(`/t/${encodeURIComponent(slug)}${path}`);
  }
}
