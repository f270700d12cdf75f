import { Component, computed, input } from '@angular/core';
import type { DeviceOperation } from '@drm/contracts';
import { VisibleText } from '../../ui/visible-text.ts';
import { KIND_WORDS } from '../job-words.ts';

const SHOWN = 5;

/** What the job does, line by line; long lists are cut and counted. */
@Component({
  selector: 'drm-operation-facts',
  imports: [VisibleText],
  template: `
    {{ words() }}
    @if (lines().length > 0) {
      <ul>
        @for (line of lines(); track $index) {
          <li>
            <code>{{ line | visible }}</code>
          </li>
        }
      </ul>
    }
    @if (more() > 0) {
      <span class="drm-soft">and {{ more() }} more</span>
    }
  `,
  styles: `
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
  `,
})
export class OperationFacts {
  readonly operation = input.required<DeviceOperation>();
  protected readonly words = computed(() => KIND_WORDS[this.operation().kind]);
  private readonly all = computed((): readonly string[] => {
    const operation = this.operation();
    switch (operation.kind) {
      case 'get':
        return operation.paths;
      case 'set':
        return operation.values.map((value) => `${value.path} = ${String(value.value)}`);
      case 'probe':
        return [];
      case 'invoke':
        return [operation.command];
      default:
        return [operation.path];
    }
  });
  protected readonly lines = computed(() => this.all().slice(0, SHOWN));
  protected readonly more = computed(() => this.all().length - this.lines().length);
}
