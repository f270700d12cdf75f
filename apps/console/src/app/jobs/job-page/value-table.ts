import { Component, computed, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { ParameterValue } from '@drm/contracts';
import { numberText } from '../../ui/time.ts';
import { VisibleText } from '../../ui/visible-text.ts';

const STATES: Readonly<Record<ParameterValue['state'], string>> = {
  known: '',
  never_read: 'never read',
  not_supported: 'not supported by the device',
  unreadable: 'not readable',
};
const STEP = 200;

/** What a device answered: path, value, type and the octets as sent. Long results are shown in steps. */
@Component({
  selector: 'drm-value-table',
  imports: [MatButton, VisibleText],
  template: `
    <div class="scroll" role="region" aria-label="Values" tabindex="0">
      <table class="drm-grid">
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Value</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          @for (value of shown(); track $index) {
            <tr>
              <td class="drm-mono">{{ value.path | visible }}</td>
              <td>
                @if (value.state === 'known') {
                  @if (value.value === '') {
                    <span class="drm-soft">(empty text)</span>
                  } @else {
                    <span class="value">{{ text(value.value) | visible: true }}</span>
                  }
                  @if (value.raw; as raw) {
                    <details>
                      <summary>Octets</summary>
                      <code>{{ raw }}</code>
                    </details>
                  }
                } @else {
                  <span class="drm-soft">{{ states[value.state] }}</span>
                }
              </td>
              <td class="drm-soft">{{ value.type ?? '' }}</td>
            </tr>
          }
        </tbody>
      </table>
    </div>
    @if (values().length > limit()) {
      <button matButton type="button" (click)="limit.set(limit() + step)">
        Show more ({{ number(values().length - limit()) }} left)
      </button>
    }
  `,
  styles: `
    .scroll {
      max-block-size: 420px;
      overflow: auto;
    }
    .value {
      white-space: pre-wrap;
    }
    summary {
      min-block-size: 24px;
      font-size: 12px;
      cursor: pointer;
      color: var(--drm-text-soft);
    }
  `,
})
export class ValueTable {
  readonly values = input.required<readonly ParameterValue[]>();
  protected readonly step = STEP;
  protected readonly states = STATES;
  protected readonly number = numberText;
  protected readonly limit = linkedSignal({ source: this.values, computation: () => STEP });
  protected readonly shown = computed(() => this.values().slice(0, this.limit()));

  protected text(value: ParameterValue['value']): string {
    return value === null ? 'null' : String(value);
  }
}
