import { signal, type Signal } from '@angular/core';
import { EventStreamParser, type StreamMessage } from './event-stream-parser.ts';

/** What an operator is told about the freshness of what they see. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'closed';

export interface ServerEventsOptions {
  readonly url: string;
  /** The bearer token of now; null when signed out, which ends the stream. */
  readonly token: () => string | null;
  /** Renews the token once after a 401; false ends the stream. */
  readonly refresh: () => Promise<boolean>;
  readonly onMessage: (message: StreamMessage) => void;
  /** Called every 5 s when the server has live events switched off. */
  readonly poll: () => Promise<void>;
  /** False (console configuration) goes to polling without asking the server. */
  readonly enabled?: boolean;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  readonly page?: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
}

export const SILENCE_MS = 35_000;
export const POLL_MS = 5_000;
export const HIDDEN_MS = 5 * 60_000;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** 1, 2, 4 … 30 s, each between half and all of it, so that a restarted server is not stormed. */
export const reconnectDelay = (failures: number, random: () => number): number => {
  const step = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? BACKOFF_MS[0];
  return Math.round(step / 2 + (step / 2) * random());
};

type Outcome = 'retry' | 'poll' | 'stop' | 'refresh';

/**
 * One event stream that stays alive: fetch and a stream reader (EventSource can send no token), resumed by
 * `Last-Event-ID`, declared dead after 35 s without a byte (the server's heartbeat is 15 s).
 * A tab hidden for 5 minutes gives its connection back and resumes when it is seen again.
 */
export class ServerEvents {
  readonly state: Signal<LiveState>;
  private readonly writableState = signal<LiveState>('connecting');
  private lastEventId: string | null = null;
  private failures = 0;
  private refreshed = false;
  private closed = false;
  private asleep = false;
  private request: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ServerEventsOptions) {
    this.state = this.writableState.asReadonly();
    this.page?.addEventListener('visibilitychange', this.onVisibility);
    if (options.enabled === false) this.startPolling();
    else void this.connect();
  }

  close(): void {
    this.closed = true;
    this.stopWork();
    clearTimeout(this.hiddenTimer);
    this.page?.removeEventListener('visibilitychange', this.onVisibility);
    this.writableState.set('closed');
  }

  private get page() {
    return this.options.page ?? (typeof document === 'undefined' ? undefined : document);
  }

  private stopWork(): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.hiddenTimer);
    if (this.page?.visibilityState === 'hidden') {
      this.hiddenTimer = setTimeout(() => {
        this.asleep = true;
        this.stopWork();
      }, HIDDEN_MS);
    } else if (this.asleep) {
      this.asleep = false;
      if (this.writableState() === 'polling') this.startPolling();
      else void this.connect();
    }
  };

  private async connect(): Promise<void> {
    const request = new AbortController();
    this.request = request;
    const outcome = await this.run(request);
    // A newer connection, a hidden tab or close() owns what happens next.
    if (this.closed || this.asleep || this.request !== request) return;
    if (outcome === 'stop') return this.close();
    if (outcome === 'poll') return this.startPolling();
    if (outcome === 'refresh') return this.connect();
    this.failures += 1;
    this.writableState.set('reconnecting');
    this.timer = setTimeout(
      () => void this.connect(),
      reconnectDelay(this.failures, this.options.random ?? Math.random),
    );
  }

  private async run(request: AbortController): Promise<Outcome> {
    const token = this.options.token();
    if (token === null) return 'stop';
    let silence = setTimeout(() => request.abort(), SILENCE_MS);
    try {
      const send = this.options.fetch ?? fetch;
      const response = await send(this.options.url, {
        headers: {
          Accept: 'text/event-stream',
          Authorization: `Bearer ${token}`,
          ...(this.lastEventId === null ? {} : { 'Last-Event-ID': this.lastEventId }),
        },
        cache: 'no-store',
        signal: request.signal,
      });
      if (!response.ok || !response.body) return await this.refused(response.status);
      this.failures = 0;
      this.refreshed = false;
      this.writableState.set('live');
      const reader = response.body.getReader();
      const parser = new EventStreamParser();
      const text = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        clearTimeout(silence);
        if (done) return 'retry';
        silence = setTimeout(() => request.abort(), SILENCE_MS);
        for (const message of parser.push(text.decode(value, { stream: true }))) {
          if (request.signal.aborted) return 'retry';
          if (message.id !== null) this.lastEventId = message.id;
          this.options.onMessage(message);
        }
      }
    } catch {
      return 'retry';
    } finally {
      clearTimeout(silence);
    }
  }

  private async refused(status: number): Promise<Outcome> {
    if (status === 404) return 'poll';
    if (status === 403) return 'stop';
    if (status !== 401) return 'retry';
    if (this.refreshed) return 'stop';
    this.refreshed = true;
    return (await this.options.refresh()) ? 'refresh' : 'stop';
  }

  private startPolling(): void {
    this.writableState.set('polling');
    const tick = async (): Promise<void> => {
      // A failed poll is shown by the caller's own state; the next one may work.
      await this.options.poll().catch(() => undefined);
      if (!this.closed && !this.asleep) this.timer = setTimeout(() => void tick(), POLL_MS);
    };
    void tick();
  }
}
