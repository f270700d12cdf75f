import { NoticeChannel } from '@drm/persistence';
import { Redis } from 'ioredis';
import type { Hint, Hints } from '../engine/hints.ts';

const CHANNEL = 'drm_hint';
const COALESCE_MS = 200;
const AT_ONCE = 50;
const KINDS: ReadonlySet<string> = new Set(['work', 'cancel', 'progress']);

export interface HintSettings {
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
}

interface Transport {
  send(payload: string): Promise<void>;
  /** Whether hints get through now. */
  isUp(): boolean;
  close(): Promise<void>;
}

/** Hints between processes: LISTEN/NOTIFY without Redis, pub/sub with it. Coalesced: one message for many hints. */
export class SharedHints implements Hints {
  private readonly listeners = new Set<(hint: Hint) => void>();
  private readonly pending = new Map<string, Hint>();
  private readonly transport: Transport;
  private timer: NodeJS.Timeout | null = null;
  private saidAt = -Infinity;

  constructor(settings: HintSettings) {
    const receive = (payload: string): void => this.receive(payload);
    this.transport =
      settings.redisUrl === undefined
        ? overPostgres(settings.databaseUrl, receive)
        : overRedis(settings.redisUrl, receive);
  }

  say(hint: Hint): void {
    this.pending.set(`${hint.kind} ${hint.jobId}`, hint);
    if (this.timer !== null) return;
    // The first hint after a pause leaves at once; what follows is gathered.
    const quiet = performance.now() - this.saidAt;
    this.timer = setTimeout(() => this.flush(), quiet > COALESCE_MS ? 0 : COALESCE_MS);
  }

  listen(on: (hint: Hint) => void): () => void {
    this.listeners.add(on);
    return () => this.listeners.delete(on);
  }

  /** Whether hints get through now; without them everything goes on, a little later. */
  get isUp(): boolean {
    return this.transport.isUp();
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.listeners.clear();
    await this.transport.close();
  }

  private flush(): void {
    this.timer = null;
    this.saidAt = performance.now();
    const hints = [...this.pending.values()];
    this.pending.clear();
    for (let index = 0; index < hints.length; index += AT_ONCE) {
      const part = hints.slice(index, index + AT_ONCE);
      const payload = JSON.stringify(part.map((hint) => [hint.kind, hint.tenantId, hint.jobId]));
      // Lost hints are allowed: every listener also polls.
      this.transport.send(payload).catch(() => undefined);
    }
  }

  private receive(payload: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(payload);
    } catch {
      return;
    }
    if (!Array.isArray(parsed)) return;
    for (const entry of parsed as unknown[]) {
      if (!Array.isArray(entry)) continue;
      const [kind, tenantId, jobId] = entry as unknown[];
      if (typeof kind !== 'string' || !KINDS.has(kind)) continue;
      if (typeof tenantId !== 'string' || typeof jobId !== 'string') continue;
      for (const listener of this.listeners)
        listener({ kind: kind as Hint['kind'], tenantId, jobId });
    }
  }
}

function overPostgres(url: string, receive: (payload: string) => void): Transport {
  const channel = new NoticeChannel(url, CHANNEL, receive);
  void channel.open();
  return {
    send: (payload) => channel.send(payload),
    // Of the database, readiness asks by itself.
    isUp: () => true,
    close: () => channel.close(),
  };
}

function overRedis(url: string, receive: (payload: string) => void): Transport {
  const options = {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: (tries: number): number => Math.min(1000, 50 * tries),
  };
  const publisher = new Redis(url, options);
  const subscriber = new Redis(url, {
    ...options,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
  });
  publisher.on('error', () => undefined);
  subscriber.on('error', () => undefined);
  subscriber.on('message', (_channel, payload) => receive(payload));
  void subscriber.subscribe(CHANNEL).catch(() => undefined);
  return {
    send: async (payload) => {
      await publisher.publish(CHANNEL, payload);
    },
    isUp: () => publisher.status === 'ready',
    close: () => {
      publisher.disconnect();
      subscriber.disconnect();
      return Promise.resolve();
    },
  };
}
