import type {
  ExecutionChangedEvent,
  ExecutionStatus,
  JobEventName,
  JobProgressEvent,
  WaitingReason,
} from '@drm/contracts';
import { DomainError } from '@drm/domain';
import {
  EventRepository,
  JobRepository,
  type EventPosition,
  type EventRecord,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import { toProgress } from '../jobs/job-view.ts';
import { comparePositions, eventId, positionOf } from './event-id.ts';

const CHUNK = 500;
/** A client that is further behind gets `reset` instead of a flood. */
const CATCH_UP = 2000;
const POLL_MS = 5000;
/** At most two rounds a second. */
const COALESCE_MS = 500;

/** One message of a stream, ready to be sent. */
export interface FeedMessage {
  readonly id: string;
  readonly event: JobEventName;
  readonly data: unknown;
}

/** Somebody who watches a job. `send` never waits. */
export interface FeedClient {
  send(messages: readonly FeedMessage[]): void;
  /** The job has ended or is gone: nothing comes any more. */
  end(): void;
}

interface Watcher {
  readonly client: FeedClient;
  position: EventPosition;
}

/**
 * Follows one job for all its watchers in this process: one reader, woken by a hint or after five seconds. Reads by
 * transaction below the snapshot's xmin, so that no event which commits late is missed.
 */
export class JobFeed {
  private readonly jobs = new JobRepository();
  private readonly events = new EventRepository();
  private readonly watchers = new Set<Watcher>();
  private position: EventPosition | null = null;
  private last = '';
  private epoch = 1;
  private timer: NodeJS.Timeout | null = null;
  private readAt = -Infinity;
  private isReading = false;
  private isAsked = false;

  constructor(
    private readonly db: TenantDb,
    private readonly tenantId: string,
    private readonly jobId: string,
    private readonly onEmpty: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /**
   * Begins with the counters as they are, then what happened after `lastEventId`.
   * @returns ends the subscription
   * @throws DomainError `job.not_found`
   */
  async join(client: FeedClient, lastEventId: string | null): Promise<() => void> {
    const { progress, messages, position } = await this.db.run(
      this.tenantId,
      (tx) => this.opening(tx, lastEventId),
      { mode: 'ro' },
    );
    const watcher: Watcher = { client, position };
    client.send(messages);
    if (progress.state === 'ended') {
      client.end();
      return () => undefined;
    }
    this.watchers.add(watcher);
    if (this.position === null || comparePositions(position, this.position) < 0)
      this.position = position;
    this.plan();
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size > 0) return;
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
      this.onEmpty();
    };
  }

  get isEmpty(): boolean {
    return this.watchers.size === 0;
  }

  /** Something may have happened. */
  hint(): void {
    this.isAsked = true;
    if (this.watchers.size > 0) this.plan();
  }

  /** Ends every watcher's stream. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.client.end();
    this.watchers.clear();
  }

  private async opening(tx: TenantTx, lastEventId: string | null) {
    const { position: now, epoch } = await this.events.now(tx);
    this.epoch = epoch;
    const progress = await this.progress(tx);
    const from = lastEventId === null ? null : positionOf(lastEventId, epoch);
    const messages: FeedMessage[] = [];
    let position = now;
    let missed: EventRecord[] = [];
    if (from !== null) {
      missed = await this.events.after(tx, this.jobId, from, CATCH_UP + 1);
      position = missed.at(-1) ?? from;
    }
    const isLost = (lastEventId !== null && from === null) || missed.length > CATCH_UP;
    if (isLost) {
      position = now;
      messages.push({ id: eventId(epoch, now), event: 'reset', data: {} });
    }
    messages.push(this.progressMessage(progress, position));
    const changed = missed.filter(isChange);
    if (!isLost && changed.length > 0) messages.push(this.changes(changed));
    if (progress.state === 'ended')
      messages.push({ id: eventId(epoch, position), event: 'job.ended', data: progress });
    return { progress, messages, position };
  }

  private plan(): void {
    if (this.isReading) return;
    const since = performance.now() - this.readAt;
    const wait = this.isAsked ? Math.max(0, COALESCE_MS - since) : POLL_MS;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), wait);
    this.timer.unref();
  }

  private async read(): Promise<void> {
    this.isReading = true;
    this.isAsked = false;
    try {
      await this.round();
    } catch (error) {
      if (error instanceof DomainError && error.code === 'job.not_found') this.close();
      else this.failed(error);
    } finally {
      this.readAt = performance.now();
      this.isReading = false;
      if (this.watchers.size > 0) this.plan();
    }
  }

  private async round(): Promise<void> {
    const from = this.position;
    if (from === null) return;
    const { progress, events } = await this.db.run(
      this.tenantId,
      async (tx) => ({
        progress: await this.progress(tx),
        events: await this.events.after(tx, this.jobId, from, CHUNK),
      }),
      { mode: 'ro' },
    );
    this.position = events.at(-1) ?? from;
    const text = JSON.stringify(progress);
    const isNews = text !== this.last;
    this.last = text;
    for (const watcher of this.watchers) {
      const unseen = events.filter((event) => comparePositions(event, watcher.position) > 0);
      watcher.position = unseen.at(-1) ?? watcher.position;
      const fresh = unseen.filter(isChange);
      const messages = [
        ...(fresh.length > 0 ? [this.changes(fresh)] : []),
        ...(isNews ? [this.progressMessage(progress, watcher.position)] : []),
      ];
      if (messages.length > 0) watcher.client.send(messages);
    }
    if (events.length === CHUNK) this.isAsked = true;
    // The last events become final a moment after the job has ended: one empty round tells that none is missing.
    if (progress.state === 'ended' && events.length === 0) this.finish(progress);
    else if (progress.state === 'ended') this.isAsked = true;
  }

  private finish(progress: JobProgressEvent): void {
    for (const watcher of this.watchers) {
      const id = eventId(this.epoch, watcher.position);
      watcher.client.send([{ id, event: 'job.ended', data: progress }]);
    }
    this.close();
    this.onEmpty();
  }

  private async progress(tx: TenantTx): Promise<JobProgressEvent> {
    const record = await this.jobs.find(tx, this.jobId);
    if (record === null) throw new DomainError('job.not_found');
    const counts = await this.jobs.countsOf(tx, [this.jobId]);
    return toProgress(record, counts.get(this.jobId));
  }

  private progressMessage(progress: JobProgressEvent, position: EventPosition): FeedMessage {
    return { id: eventId(this.epoch, position), event: 'job.progress', data: progress };
  }

  /** Of several changes of one execution the last one tells it all. */
  private changes(events: readonly EventRecord[]): FeedMessage {
    const latest = new Map<string, ExecutionChangedEvent>();
    for (const event of events) {
      latest.delete(event.executionId);
      latest.set(event.executionId, changeOf(event));
    }
    const last = events.at(-1) ?? { tx: '0', pos: '0' };
    return {
      id: eventId(this.epoch, last),
      event: 'execution.changed',
      data: { items: [...latest.values()] },
    };
  }
}

/** How far an execution is belongs to its timeline; the stream tells changes of state. */
const isChange = (event: EventRecord): boolean => event.kind !== 'progress';

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const changeOf = ({ executionId, kind, data, at }: EventRecord): ExecutionChangedEvent => ({
  executionId,
  deviceId: textOf(data['deviceId']),
  status: kind as ExecutionStatus,
  waitingReason: textOf(data['reason']) as WaitingReason | null,
  attempt: typeof data['attempt'] === 'number' ? data['attempt'] : 0,
  errorCode: textOf(data['code']),
  at,
});
