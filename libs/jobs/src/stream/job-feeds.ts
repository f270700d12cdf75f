import { DomainError } from '@drm/domain';
import type { TenantDb } from '@drm/persistence';
import type { Hints } from '../engine/hints.ts';
import { JobFeed, type FeedClient } from './job-feed.ts';

const RETRY_SECONDS = 5;

export interface FeedLimits {
  readonly perUser: number;
  readonly perTenant: number;
  readonly perProcess: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = { perUser: 10, perTenant: 200, perProcess: 5000 };

/** Every job that is watched in this process; one reader a job, whatever the number of watchers. */
export class JobFeeds {
  private readonly feeds = new Map<string, JobFeed>();
  private readonly counts = new Map<string, number>();
  private readonly unlisten: () => void;

  constructor(
    private readonly db: TenantDb,
    hints: Pick<Hints, 'listen'>,
    private readonly failed: (error: unknown) => void,
    private readonly limits: FeedLimits = DEFAULT_FEED_LIMITS,
    /** Told how many streams are open whenever that changes. */
    private readonly counted: (open: number) => void = () => undefined,
  ) {
    this.unlisten = hints.listen((hint) =>
      this.feeds.get(keyOf(hint.tenantId, hint.jobId))?.hint(),
    );
  }

  /** Streams open now. */
  get size(): number {
    return this.counts.get('process') ?? 0;
  }

  /**
   * @param userId whose streams are counted together
   * @returns ends the subscription; may be called again
   * @throws DomainError `rate.limited` | `job.not_found`
   */
  async open(
    tenantId: string,
    userId: string,
    jobId: string,
    client: FeedClient,
    lastEventId: string | null,
  ): Promise<() => void> {
    const release = this.count(tenantId, userId);
    const key = keyOf(tenantId, jobId);
    let feed = this.feeds.get(key);
    if (feed === undefined) {
      feed = new JobFeed(this.db, tenantId, jobId, () => this.feeds.delete(key), this.failed);
      this.feeds.set(key, feed);
    }
    try {
      const leave = await feed.join(client, lastEventId);
      if (feed.isEmpty) this.feeds.delete(key);
      return () => {
        leave();
        release();
      };
    } catch (error) {
      if (feed.isEmpty) this.feeds.delete(key);
      release();
      throw error;
    }
  }

  close(): void {
    this.unlisten();
    for (const feed of this.feeds.values()) feed.close();
    this.feeds.clear();
  }

  private count(tenantId: string, userId: string): () => void {
    const keys = [
      ['process', this.limits.perProcess],
      [`t ${tenantId}`, this.limits.perTenant],
      [`u ${tenantId} ${userId}`, this.limits.perUser],
    ] as const;
    if (keys.some(([key, limit]) => (this.counts.get(key) ?? 0) >= limit)) {
      throw new DomainError('rate.limited', 'Too many event streams are open.', {
        retryAfterSeconds: RETRY_SECONDS,
      });
    }
    for (const [key] of keys) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.counted(this.size);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      for (const [key] of keys) {
        const left = (this.counts.get(key) ?? 1) - 1;
        if (left > 0) this.counts.set(key, left);
        else this.counts.delete(key);
      }
      this.counted(this.size);
    };
  }
}

const keyOf = (tenantId: string, jobId: string): string => `${tenantId} ${jobId}`;
