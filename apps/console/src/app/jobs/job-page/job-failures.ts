import { httpResource } from '@angular/common/http';
import { Component, computed, effect, input, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ExecutionPage, FailureGroupPage, type FailureGroup } from '@drm/contracts';
import { Icon } from '../../ui/icon.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { numberText } from '../../ui/time.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { jobUrl } from '../jobs-api.ts';

/** One cause: what happened, what to do, and a few of the devices. */
@Component({
  selector: 'drm-failure-cause',
  imports: [Icon, RouterLink, VisibleText],
  template: `
    <h3>
      <drm-icon name="error" /> {{ group().message | visible }}
      <span class="drm-soft">({{ number(group().count) }})</span>
    </h3>
    @if (group().hint; as hint) {
      <p class="hint"><drm-icon name="info" /> {{ hint }}</p>
    }
    <p class="drm-soft">
      <code>{{ group().code }}</code>
      @if (samples.hasValue()) {
        @for (row of samples.value(); track row.id) {
          @if (row.deviceId; as deviceId) {
            ·
            <a [routerLink]="['/devices', deviceId]">{{ row.deviceName ?? deviceId | visible }}</a>
          }
        }
      }
      ·
      <a
        [routerLink]="[]"
        [queryParams]="{ status: 'failed', errorCode: group().code, cursor: null }"
        queryParamsHandling="merge"
        >Show all {{ number(group().count) }}</a
      >
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 4px;
      padding-block: 10px;
      border-block-end: 1px solid var(--drm-line);
    }
    h3 drm-icon {
      margin-inline-end: 6px;
      color: var(--drm-bad);
    }
    p {
      margin: 0;
    }
    .hint drm-icon {
      margin-inline-end: 6px;
      color: var(--drm-info);
    }
  `,
})
export class FailureCause {
  readonly jobId = input.required<string>();
  readonly group = input.required<FailureGroup>();
  protected readonly number = numberText;
  // Only the code is asked for: a changed count must not fetch the samples again.
  private readonly code = computed(() => this.group().code);
  /** The group holds ids only; three executions of it bring the names. */
  protected readonly samples = httpResource(
    () => ({
      url: `${jobUrl(this.jobId())}/executions`,
      params: { status: 'failed', errorCode: this.code(), limit: 3 },
    }),
    { parse: (body) => ExecutionPage.parse(body).items },
  );
}

/** Failures of the job by cause, largest first. */
@Component({
  selector: 'drm-job-failures',
  imports: [FailureCause, ProblemView],
  template: `
    <h2>Why executions failed</h2>
    @if (groups.error(); as error) {
      <drm-problem-view [error]="error" (retry)="groups.reload()" />
    } @else if (groups.hasValue()) {
      @for (group of groups.value(); track group.code) {
        <drm-failure-cause [jobId]="jobId()" [group]="group" />
      } @empty {
        <p class="drm-soft">No cause is known yet.</p>
      }
    } @else {
      <span class="drm-skeleton"></span>
    }
  `,
})
export class JobFailures {
  readonly jobId = input.required<string>();
  /** Grows when failures were added: then the groups are fetched again. */
  readonly revision = input(0);
  protected readonly groups = httpResource(() => `${jobUrl(this.jobId())}/failures`, {
    parse: (body) => FailureGroupPage.parse(body).items,
  });

  constructor() {
    effect(() => {
      if (this.revision() > 0) untracked(() => this.groups.reload());
    });
  }
}
