import { httpResource } from '@angular/common/http';
import {
  afterRenderEffect,
  Component,
  computed,
  effect,
  ElementRef,
  input,
  output,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { Execution, TimelinePage, type ExecutionStatus } from '@drm/contracts';
import { Age } from '../../ui/age.ts';
import { Icon } from '../../ui/icon.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { localTime, numberText } from '../../ui/time.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { statusLook, STATUS_WORDS, waitingWords } from '../job-words.ts';
import { executionUrl, timelineUrl } from '../jobs-api.ts';
import { timelineWords } from './timeline-words.ts';
import { ValueTable } from './value-table.ts';

/** Everything about one execution: why it waits or failed, what it brought, what happened when. */
@Component({
  selector: 'drm-execution-panel',
  imports: [Age, Icon, ProblemView, RouterLink, StatusChip, ValueTable, VisibleText],
  templateUrl: './execution-panel.html',
  styleUrl: './execution-panel.css',
  host: { '(keydown.escape)': 'dismiss.emit()' },
})
export class ExecutionPanel {
  readonly executionId = input.required<string>();
  /** The status the stream knows; a change fetches the execution again. */
  readonly status = input<ExecutionStatus | null>(null);
  readonly dismiss = output();

  protected readonly words = STATUS_WORDS;
  protected readonly look = statusLook;
  protected readonly waitingWords = waitingWords;
  protected readonly timelineWords = timelineWords;
  protected readonly localTime = localTime;
  protected readonly number = numberText;

  protected readonly execution = httpResource(() => executionUrl(this.executionId()), {
    parse: (body) => Execution.parse(body),
  });
  protected readonly timeline = httpResource(
    () => ({ url: timelineUrl(this.executionId()), params: { limit: 200 } }),
    { parse: (body) => TimelinePage.parse(body).items },
  );
  protected readonly values = computed(() =>
    this.execution.hasValue() ? (this.execution.value().result?.values ?? []) : [],
  );
  protected readonly identity = computed(() => {
    const identity = this.execution.hasValue() ? this.execution.value().result?.identity : null;
    if (!identity) return [];
    const facts: readonly (readonly [string, string | number | null])[] = [
      ['Name', identity.systemName],
      ['Description', identity.description],
      ['Vendor', identity.vendor],
      ['Model', identity.model],
      ['Serial number', identity.serialNumber],
      ['Software', identity.softwareVersion],
      ['Object id', identity.objectId],
      ['Uptime (s)', identity.uptimeSeconds],
    ];
    return facts
      .filter(([, value]) => value !== null)
      .map(([name, value]) => ({ name, value: String(value) }));
  });
  protected readonly output = computed(() => {
    const output = this.execution.hasValue() ? this.execution.value().result?.output : null;
    return output ? JSON.stringify(output, null, 2) : null;
  });

  private readonly heading = viewChild<ElementRef<HTMLElement>>('heading');
  private focused = '';

  constructor() {
    effect(() => {
      const status = this.status();
      untracked(() => {
        if (status === null || !this.execution.hasValue()) return;
        if (this.execution.value().status === status) return;
        this.execution.reload();
        this.timeline.reload();
      });
    });
    // Opening a row moves the focus to what was opened; a reload of the same one does not.
    afterRenderEffect(() => {
      const id = this.executionId();
      const heading = this.heading()?.nativeElement;
      if (!heading || this.focused === id) return;
      this.focused = id;
      heading.focus();
    });
  }
}
