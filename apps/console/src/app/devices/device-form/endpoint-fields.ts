import { Component, computed, inject, input, linkedSignal, signal, viewChild } from '@angular/core';
import type { Endpoint, EndpointInput, FieldError, UpdateEndpoint } from '@drm/contracts';
import { JsonSchemaForm } from '../../ui/json-schema-form/json-schema-form.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';

/** The controls of an endpoint. Credentials and settings come from the protocol's own schemas. */
@Component({
  selector: 'drm-endpoint-fields',
  imports: [JsonSchemaForm, ProblemView],
  templateUrl: './endpoint-fields.html',
  styles: `
    :host {
      display: grid;
      gap: 14px;
    }
    fieldset {
      margin: 0;
      padding: 12px;
      border: 1px solid var(--drm-line);
      border-radius: var(--drm-radius);
    }
    legend {
      padding: 0 4px;
      font-weight: 600;
    }
    summary {
      padding-block: 4px;
      font-weight: 600;
      cursor: pointer;
    }
  `,
})
export class EndpointFields {
  /** The endpoint being changed; null for a new one. */
  readonly endpoint = input<Endpoint | null>(null);
  readonly errors = input<readonly FieldError[]>([]);
  protected readonly catalog = inject(ProtocolCatalog);
  private readonly credentials = viewChild<JsonSchemaForm>('credentials');
  private readonly settings = viewChild<JsonSchemaForm>('settings');
  private readonly chosen = signal<string | null>(null);
  protected readonly protocolId = computed(
    () => this.endpoint()?.protocol ?? this.chosen() ?? this.catalog.all()[0]?.id ?? '',
  );
  protected readonly protocol = computed(() => this.catalog.find(this.protocolId()));
  protected readonly address = linkedSignal(() => this.endpoint()?.address ?? '');
  protected readonly isEnabled = linkedSignal(() => this.endpoint()?.enabled ?? true);
  protected readonly isChecked = signal(false);
  protected readonly example = computed(() => {
    const port = this.protocol()?.defaultPort;
    return port == null ? '192.0.2.10' : `192.0.2.10:${port}`;
  });
  protected readonly addressProblem = computed(() => {
    const refused = this.errors().find((error) => error.path.endsWith('address'));
    if (refused !== undefined) return refused.message;
    return this.isChecked() && this.address().trim() === '' ? 'Enter the address.' : null;
  });

  protected choose(id: string): void {
    this.chosen.set(id);
  }

  /** What to send for a new endpoint; null when something is missing, and then it is shown. */
  read(): EndpointInput | null {
    const parts = this.parts();
    return parts === null ? null : { protocol: this.protocolId(), ...parts };
  }

  /** What to send for a change. A secret that is left out keeps its value. */
  readChange(): UpdateEndpoint | null {
    return this.parts();
  }

  private parts(): Omit<EndpointInput, 'protocol'> | null {
    this.isChecked.set(true);
    const forms = [this.credentials(), this.settings()].filter((form) => form !== undefined);
    const isValid = forms.map((form) => form.check()).every((ok) => ok);
    if (!isValid || this.address().trim() === '' || this.protocol() === undefined) return null;
    const credentials = this.credentials()?.value();
    const settings = this.settings()?.value();
    return {
      address: this.address().trim(),
      enabled: this.isEnabled(),
      ...(credentials && { credentials }),
      ...(settings && { settings }),
    };
  }
}
