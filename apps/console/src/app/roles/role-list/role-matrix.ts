import { Component, input } from '@angular/core';
import type { Role } from '@drm/contracts';
import { Icon } from '../../ui/icon.ts';
import { permissionGroups } from '../permission-matrix.ts';

/** Permissions down, roles across. */
@Component({
  selector: 'drm-role-matrix',
  imports: [Icon],
  template: `
    <div class="scroll" role="region" aria-label="Permission matrix" tabindex="0">
      <table class="drm-grid">
        <thead>
          <tr>
            <th scope="col">Permission</th>
            @for (role of roles(); track role.id) {
              <th scope="col" class="mark">{{ role.name }}</th>
            }
          </tr>
        </thead>
        @for (group of groups; track group.area) {
          <tbody>
            <tr>
              <th scope="rowgroup" [attr.colspan]="roles().length + 1">{{ group.title }}</th>
            </tr>
            @for (permission of group.permissions; track permission.name) {
              <tr>
                <th scope="row" class="what">{{ permission.description }}</th>
                @for (role of roles(); track role.id) {
                  <td class="mark">
                    @if (role.permissions.includes(permission.name)) {
                      <drm-icon name="check" /><span class="drm-hidden">yes</span>
                    } @else {
                      <span class="drm-hidden">no</span>
                    }
                  </td>
                }
              </tr>
            }
          </tbody>
        }
      </table>
    </div>
  `,
  styles: `
    .scroll {
      position: relative;
      overflow-x: auto;
      margin-block-start: 8px;
    }
    .mark {
      text-align: center;
    }
    .mark drm-icon {
      color: var(--drm-ok);
    }
    .what {
      min-inline-size: 200px;
      font-weight: 400;
      color: var(--drm-text);
    }
  `,
})
export class RoleMatrix {
  readonly roles = input.required<readonly Role[]>();
  protected readonly groups = permissionGroups();
}
