import { Component, computed, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { EXECUTION_STATUSES, type ExecutionStatus, type Job } from '@drm/contracts';
import { endedCount } from '@drm/domain';
import { Icon } from '../../ui/icon.ts';
import { durationText, numberText } from '../../ui/time.ts';
import { addSample, paceOf, percentDone, rateWords, type PaceSample } from '../job-pace.ts';
import { statusLook, STATUS_WORDS } from '../job-words.ts';

/** Bar, pace and a count for each status; a count filters the executions below. */
@Component({
  selector: 'drm-job-progress',
  imports: [Icon, RouterLink],
  templateUrl: './job-progress.html',
  styleUrl: './job-progress.css',
})
export class JobProgress {
  readonly job = input.required<Job>();
  /** The status the executions are filtered by. */
  readonly selected = input<string | null>(null);

  protected readonly words = STATUS_WORDS;
  protected readonly look = statusLook;
  protected readonly number = numberText;
  protected readonly percent = computed(() =>
    percentDone(this.job().counts, this.job().targetCount),
  );
  protected readonly ended = computed(() => endedCount(this.job().counts));
  protected readonly tiles = computed(() => {
    const { counts } = this.job();
    const always: readonly ExecutionStatus[] = ['succeeded', 'failed'];
    return EXECUTION_STATUSES.map((status) => ({ status, count: counts[status] })).filter(
      (tile) => tile.count > 0 || always.includes(tile.status) || tile.status === this.selected(),
    );
  });
  protected readonly segments = computed(() => {
    const { counts, targetCount } = this.job();
    const shown: readonly ExecutionStatus[] = [
      'succeeded',
      'failed',
      'expired',
      'cancelled',
      'running',
    ];
    return shown
      .filter((status) => counts[status] > 0 && targetCount > 0)
      .map((status) => ({ status, percent: (counts[status] * 100) / targetCount }));
  });

  private readonly samples = linkedSignal<Job, readonly PaceSample[]>({
    source: this.job,
    computation: (job, previous) => {
      const known = previous?.source.id === job.id ? previous.value : [];
      return addSample(known, { at: Date.now(), ended: endedCount(job.counts) });
    },
  });
  protected readonly pace = computed(() => {
    const job = this.job();
    if (job.state === 'ended') return null;
    const { perSecond, secondsLeft } = paceOf(this.samples(), job.targetCount);
    if (perSecond === null || perSecond === 0) return null;
    const rate = rateWords(perSecond);
    return secondsLeft === null ? rate : `${rate}, about ${durationText(secondsLeft)} left`;
  });
  protected readonly took = computed(() => {
    const { endedAt, createdAt } = this.job();
    return endedAt === null
      ? null
      : durationText((Date.parse(endedAt) - Date.parse(createdAt)) / 1_000);
  });
}
