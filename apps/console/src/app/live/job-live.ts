import { signal, type Signal } from '@angular/core';
import type { Job } from '@drm/contracts';
import {
  EMPTY_JOB_LIVE,
  parseJobEvent,
  progressOf,
  reduceJobEvent,
  type JobEvent,
  type JobLiveState,
} from './job-events.ts';
import { ServerEvents, type LiveState, type ServerEventsOptions } from './server-events.ts';

/** At most four renders a second, however many events come. */
export const RENDER_MS = 250;

export interface JobLiveOptions extends Pick<
  ServerEventsOptions,
  'url' | 'token' | 'refresh' | 'enabled' | 'fetch' | 'random' | 'page'
> {
  readonly loadJob: () => Promise<Job>;
}

/** The live state of one job: stream or polling, one reducer, coalesced. Closes itself when the job has ended. */
export class JobLive {
  readonly connection: Signal<LiveState>;
  readonly state: Signal<JobLiveState>;
  private readonly writableState = signal<JobLiveState>(EMPTY_JOB_LIVE);
  private readonly events: ServerEvents;
  private waiting: JobEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: JobLiveOptions) {
    this.state = this.writableState.asReadonly();
    this.events = new ServerEvents({
      ...options,
      onMessage: (message) => {
        const event = parseJobEvent(message);
        if (event) this.add(event);
      },
      poll: async () => this.add(progressOf(await options.loadJob())),
    });
    this.connection = this.events.state;
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.events.close();
  }

  private add(event: JobEvent): void {
    if (event.name === 'session.expiring') void this.options.refresh();
    this.waiting.push(event);
    this.timer ??= setTimeout(() => this.flush(), RENDER_MS);
  }

  private flush(): void {
    this.timer = undefined;
    const events = this.waiting;
    this.waiting = [];
    this.writableState.update((state) => events.reduce(reduceJobEvent, state));
    if (this.writableState().progress?.state === 'ended') this.events.close();
  }
}
