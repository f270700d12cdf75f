import { Component, computed, input, output } from '@angular/core';
import type { Permission } from '@drm/contracts';
import { permissionGroups, refusalReason, togglePermission } from './permission-matrix.ts';

/** Tick boxes for permissions, by area. What cannot be given is off and says why. */
@Component({
  selector: 'drm-permission-checklist',
  template: `
    @for (group of groups(); track group.area) {
      <fieldset>
        <legend>{{ group.title }}</legend>
        @for (permission of group.permissions; track permission.name) {
          <label class="drm-check" [title]="permission.reason ?? ''">
            <input
              type="checkbox"
              [checked]="chosen().has(permission.name)"
              [disabled]="permission.reason !== null && !chosen().has(permission.name)"
              (change)="toggle(permission.name)"
            />
            <span>
              {{ permission.description }} <code class="drm-soft">{{ permission.name }}</code>
              @if (permission.reason; as reason) {
                <span class="drm-soft reason">{{ reason }}</span>
              }
            </span>
          </label>
        }
      </fieldset>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    fieldset {
      min-inline-size: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-size: 13px;
      font-weight: 600;
    }
    .drm-check {
      align-items: start;
    }
    .reason {
      display: block;
      font-size: 12px;
    }
  `,
})
export class PermissionChecklist {
  readonly chosen = input.required<ReadonlySet<Permission>>();
  /** What the person who ticks may do: nobody gives away more. */
  readonly own = input.required<ReadonlySet<Permission>>();
  readonly chosenChange = output<ReadonlySet<Permission>>();
  protected readonly groups = computed(() =>
    permissionGroups().map((group) => ({
      ...group,
      permissions: group.permissions.map((permission) => ({
        ...permission,
        reason: refusalReason(permission.name, this.own()),
      })),
    })),
  );

  protected toggle(name: Permission): void {
    this.chosenChange.emit(togglePermission(this.chosen(), name));
  }
}
