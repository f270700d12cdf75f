import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Endpoint } from '@drm/contracts';
import { Session } from '../../session/session.ts';
import { Age } from '../../ui/age.ts';
import { Confirm } from '../../ui/confirm.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon } from '../../ui/icon.ts';
import { variantsOf } from '../../ui/json-schema-form/schema-fields.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { Toasts } from '../../ui/toasts.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { DevicesApi } from '../devices-api.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';
import { DeviceContext } from './device-context.ts';
import { EndpointEditor } from './endpoint-editor.ts';

const capitalised = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);

const wordsOf = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** The ways to reach a device: one card each, changed in place. */
@Component({
  selector: 'drm-endpoints-tab',
  imports: [Age, EmptyState, EndpointEditor, Icon, MatButton, StatusChip, VisibleText],
  templateUrl: './endpoints-tab.html',
  styles: `
    :host {
      display: grid;
      gap: 16px;
      justify-items: start;
    }
    :host > * {
      inline-size: min(900px, 100%);
    }
    h2 {
      margin-block-end: 12px;
    }
    .drm-actions {
      margin-block-start: 12px;
    }
  `,
})
export class EndpointsTab {
  private readonly context = inject(DeviceContext);
  private readonly session = inject(Session);
  private readonly api = inject(DevicesApi);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly catalog = inject(ProtocolCatalog);
  protected readonly device = this.context.device;
  protected readonly canWrite = computed(() => this.session.can('devices:write'));
  /** Id of the endpoint being changed, `new`, or null. */
  protected readonly editing = signal<string | null>(null);

  protected titleOf(protocol: string): string {
    return this.catalog.title(protocol);
  }

  /** The schema's title of a field; its name when the protocol is not known. */
  protected fieldTitle(protocol: string, key: string): string {
    const info = this.catalog.find(protocol);
    const schemas = info === undefined ? [] : [info.credentialsSchema, info.settingsSchema];
    const fields = schemas.flatMap(variantsOf).flatMap((variant) => variant.fields);
    return fields.find((field) => field.key === key)?.title ?? capitalised(key);
  }

  protected entries(values: Readonly<Record<string, unknown>>): { key: string; value: string }[] {
    return Object.entries(values).map(([key, value]) => ({
      key,
      value: wordsOf(value),
    }));
  }

  protected saved(): void {
    this.editing.set(null);
    this.context.reload();
  }

  protected async remove(endpoint: Endpoint): Promise<void> {
    const device = this.device();
    if (device === null) return;
    const answer = await this.confirm.ask({
      title: `Delete the endpoint ${endpoint.address}?`,
      text: 'Its credentials are deleted too. The device keeps its other endpoints and its values.',
      action: 'Delete the endpoint',
      danger: true,
    });
    if (answer === null) return;
    try {
      await this.api.removeEndpoint(device.id, device.version, endpoint.id);
      this.toasts.ok('The endpoint is deleted.');
    } catch (error) {
      this.toasts.problem(error, 'The endpoint was not deleted');
    }
    this.context.reload();
  }
}
