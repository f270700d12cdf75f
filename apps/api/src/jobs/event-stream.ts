import { PassThrough } from 'node:stream';
import type { Caller } from '@drm/auth';
import type { FeedClient, FeedMessage } from '@drm/jobs';

const HEARTBEAT_MS = 15_000;
/** The answer may be four seconds old already; together the stream ends within five. */
const CHECK_MS = 1000;
const RETRY_MS = 3000;
const RETRY_JITTER_MS = 2000;
/** A reader that is slower than this gets `reset` and reads the job anew. */
const BUFFER_BYTES = 64 * 1024;
/** Long enough before the end of the token for the console to get a new one. */
const EXPIRING_MS = 45_000;

/** One caller's Server-Sent Events: frames, heartbeat, and the end when the caller may no longer look. */
export class EventStream implements FeedClient {
  readonly body = new PassThrough({ highWaterMark: BUFFER_BYTES });
  private readonly timers: NodeJS.Timeout[] = [];
  private isBehind = false;
  private isOver = false;
  private lastId = '';

  constructor(
    private readonly caller: Caller,
    private readonly onOver: () => void,
    now: number = Date.now(),
  ) {
    this.body.on('close', () => this.end());
    this.body.on('error', () => this.end());
    this.body.on('drain', () => this.caughtUp());
    // A fleet of consoles that lost a server must not come back in one second.
    this.body.write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_JITTER_MS)}\n\n`);
    this.every(HEARTBEAT_MS, () => this.write(': still here\n\n'));
    this.every(CHECK_MS, () => void this.checkCaller());
    const left = caller.expiresAt - now;
    this.after(Math.max(0, left - EXPIRING_MS), () => this.frame('session.expiring', {}));
    this.after(Math.max(0, left), () => this.end());
  }

  send(messages: readonly FeedMessage[]): void {
    for (const { id, event, data } of messages) {
      this.lastId = id;
      this.frame(event, data, id);
    }
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const timer of this.timers) clearTimeout(timer);
    if (!this.body.destroyed) this.body.end();
    this.onOver();
  }

  private frame(event: string, data: unknown, id?: string): void {
    this.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }

  private write(text: string): void {
    if (this.isOver || this.isBehind) return;
    // False: the buffer is full. What comes now is dropped; a reset follows when it has been read.
    if (!this.body.write(text)) this.isBehind = true;
  }

  private caughtUp(): void {
    if (!this.isBehind) return;
    this.isBehind = false;
    this.frame('reset', {}, this.lastId);
  }

  private async checkCaller(): Promise<void> {
    try {
      if (!(await this.caller.isAlive())) this.end();
    } catch {
      // Nobody can tell: the console comes back and is checked again.
      this.end();
    }
  }

  private every(ms: number, work: () => void): void {
    this.timers.push(setInterval(work, ms).unref());
  }

  /** Longer waits than a timer can hold end with the process or the next token. */
  private after(ms: number, work: () => void): void {
    if (ms <= 2 ** 31 - 1) this.timers.push(setTimeout(work, ms).unref());
  }
}
