import { Component, input } from '@angular/core';
import { type FieldTree, FormField } from '@angular/forms/signals';
import { FieldErrors } from '../../form-fields/field-errors.ts';
import type { DeviceDraft, DraftField } from './device-draft.ts';

interface Control {
  readonly field: Exclude<DraftField, 'description'>;
  readonly title: string;
  readonly hint: string | null;
}

const CONTROLS: readonly Control[] = [
  { field: 'name', title: 'Name', hint: null },
  { field: 'serialNumber', title: 'Serial number (optional)', hint: 'Unique in the tenant.' },
  { field: 'vendor', title: 'Vendor (optional)', hint: 'A probe fills it in when it can.' },
  { field: 'model', title: 'Model (optional)', hint: null },
  { field: 'tags', title: 'Tags (optional)', hint: 'Separated by spaces, e.g. lab site:berlin.' },
];

/** The controls of a device's own data, for making and for changing one. */
@Component({
  selector: 'drm-device-fields',
  imports: [FieldErrors, FormField],
  template: `
    <div class="drm-form-row">
      @for (control of controls; track control.field) {
        <div class="drm-field">
          <label [for]="'device-' + control.field">{{ control.title }}</label>
          <input
            class="drm-input"
            autocomplete="off"
            [id]="'device-' + control.field"
            [attr.aria-describedby]="'device-' + control.field + '-hint'"
            [formField]="device()[control.field]"
          />
          <span [id]="'device-' + control.field + '-hint'">
            <drm-field-errors [of]="device()[control.field]()" />
            @if (control.hint; as hint) {
              <span class="drm-hint">{{ hint }}</span>
            }
          </span>
        </div>
      }
    </div>
    <div class="drm-field">
      <label for="device-description">Description (optional)</label>
      <textarea
        id="device-description"
        class="drm-input"
        rows="2"
        [formField]="device().description"
      ></textarea>
      <drm-field-errors [of]="device().description()" />
    </div>
  `,
  styles: `
    :host {
      display: grid;
      gap: 14px;
    }
  `,
})
export class DeviceFields {
  readonly device = input.required<FieldTree<DeviceDraft>>();
  protected readonly controls = CONTROLS;
}
