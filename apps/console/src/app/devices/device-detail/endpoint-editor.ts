import { Component, inject, input, output, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Device, Endpoint } from '@drm/contracts';
import { type ApiProblem, asProblem } from '../../http/api-problem.ts';
import { Toasts } from '../../ui/toasts.ts';
import { EndpointFields } from '../device-form/endpoint-fields.ts';
import { FormProblem } from '../device-form/form-problem.ts';
import { DevicesApi } from '../devices-api.ts';

/** Adds an endpoint to a device, or changes one. */
@Component({
  selector: 'drm-endpoint-editor',
  imports: [EndpointFields, FormProblem, MatButton],
  template: `
    <form class="drm-form" (submit)="$event.preventDefault(); save()">
      <drm-form-problem [problem]="problem()" />
      <drm-endpoint-fields [endpoint]="endpoint()" [errors]="problem()?.errors ?? []" />
      <div class="drm-actions">
        <button matButton="filled" type="submit" [disabled]="isBusy()">
          {{ isBusy() ? 'Saving…' : endpoint() === null ? 'Add the endpoint' : 'Save' }}
        </button>
        <button matButton type="button" (click)="cancelled.emit()">Cancel</button>
      </div>
    </form>
  `,
})
export class EndpointEditor {
  readonly device = input.required<Device>();
  readonly endpoint = input.required<Endpoint | null>();
  readonly saved = output();
  readonly cancelled = output();
  private readonly api = inject(DevicesApi);
  private readonly toasts = inject(Toasts);
  private readonly fields = viewChild.required(EndpointFields);
  protected readonly isBusy = signal(false);
  protected readonly problem = signal<ApiProblem | null>(null);

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    const { id, version } = this.device();
    const stored = this.endpoint();
    const send = stored === null ? this.addition(id, version) : this.change(id, version, stored.id);
    if (send === null) return;
    this.isBusy.set(true);
    this.problem.set(null);
    try {
      await send();
      this.toasts.ok(stored === null ? 'The endpoint is added.' : 'The endpoint is saved.');
      this.saved.emit();
    } catch (error) {
      this.problem.set(asProblem(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private addition(id: string, version: number): (() => Promise<unknown>) | null {
    const body = this.fields().read();
    return body === null ? null : () => this.api.addEndpoint(id, version, body);
  }

  private change(id: string, version: number, endpointId: string): (() => Promise<unknown>) | null {
    const body = this.fields().readChange();
    return body === null ? null : () => this.api.updateEndpoint(id, version, endpointId, body);
  }
}
