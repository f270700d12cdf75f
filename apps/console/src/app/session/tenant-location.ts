import { PathLocationStrategy } from '@angular/common';
import { Injectable } from '@angular/core';

const PREFIX = /^\/t\/([^/?#]+)(?=[/?#]|$)/;
const WITHOUT_TENANT = /^\/(?:login|accept-invitation)(?:[/?#]|$)/;

/** The tenant's short name in an address, or null. */
export const slugOf = (address: string): string | null => {
  const found = PREFIX.exec(address)?.[1];
  return found === undefined ? null : decodeURIComponent(found);
};

/**
 * Addresses read `/t/<tenant>/devices`, routes and links in the code say `/devices`: a link names its tenant and never shows
 * another one's data. The prefix lives here and nowhere else.
 */
@Injectable({ providedIn: 'root' })
export class TenantLocation extends PathLocationStrategy {
  private slug: string | null = slugOf(window.location.pathname);

  /** The tenant the address names; null on pages without one. */
  get tenantSlug(): string | null {
    return this.slug;
  }

  /** From now on addresses are made for this tenant. */
  useTenant(slug: string): void {
    this.slug = slug;
  }

  override path(includeHash?: boolean): string {
    return super.path(includeHash).replace(PREFIX, '') || '/';
  }

  override prepareExternalUrl(internal: string): string {
    const url = super.prepareExternalUrl(internal);
    if (this.slug === null || WITHOUT_TENANT.test(url)) return url;
    return `/t/${encodeURIComponent(this.slug)}${url === '/' ? '' : url}`;
  }
}
