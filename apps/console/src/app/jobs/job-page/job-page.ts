import { httpResource } from '@angular/common/http';
import {
  Component,
  computed,
  DestroyRef,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Job, type Execution } from '@drm/contracts';
import { JobLive } from '../../live/job-live.ts';
import { JobLives } from '../../live/job-lives.ts';
import { Session } from '../../session/session.ts';
import { Age } from '../../ui/age.ts';
import { Announcer } from '../../ui/announcer.ts';
import { Confirm } from '../../ui/confirm.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { localTime, numberText } from '../../ui/time.ts';
import { Toasts } from '../../ui/toasts.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { percentDone } from '../job-pace.ts';
import {
  jobLook,
  jobStateWords,
  operationWords,
  statusLook,
  STATUS_WORDS,
  waitingWords,
} from '../job-words.ts';
import { jobUrl, JobsApi } from '../jobs-api.ts';
import { SubmissionKey } from '../run-operation/submission-key.ts';
import { ConnectionChip } from './connection-chip.ts';
import { ExecutionPanel } from './execution-panel.ts';
import { executionTable } from './execution-table.ts';
import { JobFailures } from './job-failures.ts';
import { JobProgress } from './job-progress.ts';
import { withChange, withProgress } from './job-view.ts';
import { OperationFacts } from './operation-facts.ts';
import { resultWords } from './result-words.ts';

const SAY_MS = 10_000;
const REFRESH_MS = 3_000;

/** One job, live: progress, causes of failure, executions, cancel and retry. The address holds filter and open execution. */
@Component({
  selector: 'drm-job-page',
  imports: [
    Age,
    Cell,
    ConnectionChip,
    DataTable,
    ExecutionPanel,
    Icon,
    JobFailures,
    JobProgress,
    MatButton,
    OperationFacts,
    PageHeader,
    ProblemView,
    RouterLink,
    StatusChip,
    VisibleText,
  ],
  templateUrl: './job-page.html',
  styleUrl: './job-page.css',
})
export class JobPage {
  readonly id = input.required<string>();
  /** Filter of the executions, from the address. */
  readonly status = input<string>();
  /** The execution whose details are open, from the address. */
  readonly execution = input<string>();

  private readonly api = inject(JobsApi);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly announcer = inject(Announcer);
  private readonly session = inject(Session);
  private readonly lives = inject(JobLives);
  private readonly retryKey = new SubmissionKey();
  private readonly dataTable = viewChild<DataTable<Execution>>('executions');

  protected readonly words = STATUS_WORDS;
  protected readonly look = statusLook;
  protected readonly jobLook = jobLook;
  protected readonly stateWords = jobStateWords;
  protected readonly operationWords = operationWords;
  protected readonly waitingWords = waitingWords;
  protected readonly resultWords = resultWords;
  protected readonly number = numberText;
  protected readonly localTime = localTime;

  protected readonly fetched = httpResource(() => jobUrl(this.id()), {
    parse: (body) => Job.parse(body),
  });
  protected readonly live = signal<JobLive | null>(null);
  protected readonly job = computed(() =>
    this.fetched.hasValue()
      ? withProgress(this.fetched.value(), this.live()?.state().progress ?? null)
      : null,
  );
  private readonly changes = computed(() => this.live()?.state().changes ?? new Map());
  protected readonly table = computed(() => executionTable(this.id()));
  protected readonly busy = signal(false);
  protected readonly canRun = computed(() => this.session.can('jobs:run'));
  protected readonly failed = computed(() => this.job()?.counts.failed ?? 0);
  /** Failed and expired executions can be run again once the job is over. */
  protected readonly canRetry = computed(() => {
    const job = this.job();
    return job?.state === 'ended' && job.counts.failed + job.counts.expired > 0;
  });
  protected readonly openStatus = computed(
    () => this.changes().get(this.execution() ?? '')?.status ?? null,
  );
  private lastSaid = 0;
  private endSaid = '';
  private lastRefresh = 0;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const isOpen = computed(
      () => this.fetched.hasValue() && this.fetched.value().state !== 'ended',
    );
    effect((onCleanup) => {
      const id = this.id();
      if (!isOpen()) return;
      const live = untracked(() => this.lives.open(id));
      this.live.set(live);
      onCleanup(() => live.close());
    });
    effect(() => {
      if ((this.live()?.state().reloads ?? 0) > 0) untracked(() => this.fetched.reload());
    });
    effect(() => {
      if (this.live()?.state().progress) untracked(() => this.refreshTable());
    });
    effect(() => {
      const job = this.job();
      if (job) untracked(() => this.say(job));
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(this.refreshTimer));
  }

  /** The row with what the stream said meanwhile. */
  protected now(row: Execution): Execution {
    return withChange(row, this.changes().get(row.id));
  }

  protected async cancel(job: Job): Promise<void> {
    const open = job.targetCount - job.counts.succeeded - job.counts.failed;
    const answer = await this.confirm.ask({
      title: 'Cancel this job?',
      text: `${job.name}: up to ${numberText(open)} executions that have not ended are cancelled. What ran already stays done.`,
      action: 'Cancel the job',
      danger: true,
    });
    if (answer === null) return;
    await this.during(async () => {
      await this.api.cancel(job.id);
      this.toasts.ok('The job is being cancelled.');
      this.fetched.reload();
    }, 'The job was not cancelled');
  }

  protected retry(job: Job): Promise<void> {
    return this.during(async () => {
      const created = await this.api.retryFailed(job.id, this.retryKey.for(job.id));
      this.toasts.ok('A new job runs the failed executions again.');
      await this.router.navigate(['/jobs', created.id]);
    }, 'Nothing was started');
  }

  protected show(executionId: string | null): void {
    void this.router.navigate([], {
      queryParams: { execution: executionId },
      queryParamsHandling: 'merge',
    });
  }

  private async during(work: () => Promise<void>, failure: string): Promise<void> {
    this.busy.set(true);
    try {
      await work();
    } catch (error) {
      this.toasts.problem(error, failure);
    } finally {
      this.busy.set(false);
    }
  }

  /** Results and errors are not in the events: the page of executions on screen is fetched again, at most every 3 s. */
  private refreshTable(): void {
    const wait = this.lastRefresh + REFRESH_MS - Date.now();
    clearTimeout(this.refreshTimer);
    this.refreshTimer = setTimeout(
      () => {
        this.lastRefresh = Date.now();
        this.dataTable()?.reload({ quiet: true });
      },
      Math.max(0, wait),
    );
  }

  /** A summary for screen readers, at most every 10 s, and once at the end. */
  private say(job: Job): void {
    const now = Date.now();
    const { failed } = job.counts;
    const tail = failed === 0 ? '' : `, ${numberText(failed)} failed`;
    if (job.state === 'ended') {
      if (this.endSaid === job.id) return;
      this.endSaid = job.id;
      this.announcer.say(`The job has ended: ${jobStateWords(job)}${tail}`);
    } else if (now - this.lastSaid >= SAY_MS) {
      this.lastSaid = now;
      this.announcer.say(`${percentDone(job.counts, job.targetCount)} % done${tail}`);
    }
  }
}
