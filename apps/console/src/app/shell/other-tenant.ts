import { Component, computed, inject } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from '../session/session.ts';
import { TenantLocation } from '../session/tenant-location.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { PageHeader } from '../ui/page-header.ts';
import { Toasts } from '../ui/toasts.ts';
import { TenantSwitch } from './tenant-switch.ts';

/** The address is of another tenant than the session: asks before it switches. */
@Component({
  selector: 'drm-other-tenant',
  imports: [EmptyState, PageHeader],
  template: `
    <div class="drm-page">
      <drm-page-header heading="This page belongs to another tenant" />
      @if (target(); as target) {
        <drm-empty-state
          icon="swap"
          [heading]="'You work in ' + session.tenant()?.name + ' now'"
          [text]="'This address is of ' + target.name + '. Switch to it to see the page.'"
          [action]="'Switch to ' + target.name"
          (act)="go(target.id)"
        />
      } @else {
        <drm-empty-state
          icon="lock"
          [heading]="'You work in ' + session.tenant()?.name + ' now'"
          [text]="
            session.can('tenants:admin')
              ? 'This address is of a tenant you are no member of. Enter it from the list of tenants.'
              : 'This address is of a tenant you are no member of, or of none at all.'
          "
          [action]="'Stay in ' + session.tenant()?.name"
          (act)="stay()"
        />
      }
    </div>
  `,
})
export class OtherTenant {
  protected readonly session = inject(Session);
  private readonly location = inject(TenantLocation);
  private readonly router = inject(Router);
  private readonly switcher = inject(TenantSwitch);
  private readonly toasts = inject(Toasts);
  protected readonly target = computed(() =>
    this.session.tenants().find((tenant) => tenant.slug === this.location.tenantSlug),
  );

  protected async go(tenantId: string): Promise<void> {
    try {
      await this.switcher.enter({ tenantId }, this.router.url);
    } catch (error) {
      this.toasts.problem(error, 'The tenant was not switched');
    }
  }

  protected stay(): void {
    const path = this.session.can('tenants:admin') ? '/tenants' : '';
    document.location.assign(`/t/${this.session.tenant()?.slug ?? ''}${path}`);
  }
}
