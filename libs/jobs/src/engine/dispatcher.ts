import type { EngineRepository, PickedExecution } from '@drm/persistence';
import type { Bell, WakeBatch } from '../queue/bell.ts';
import type { EngineObserver } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';

const PICK_LIMIT = 500;
const WINDOW_FACTOR = 1.5;
const REGISTER_MS = 5000;
const PROMOTE_MS = 250;
const PROMOTE_LIMIT = 5000;
const WAKE_UPS_A_MESSAGE = 50;
/** Without a bell for this long, dispatched rows are polled. */
const BELL_DOWN_MS = 30_000;
const POLL_OLDER_SECONDS = 1;

/** Hands dispatched executions straight to this process's runner: the bell is down. */
export type TakeDirectly = (batches: readonly WakeBatch[]) => void;

/**
 * Picks due executions fairly and rings for them after the commit (design: jobs, section 5). Any number of processes
 * may run one; the function inside lets one pick at a time.
 */
export class Dispatcher {
  private running = false;
  private loop: Promise<void> = Promise.resolve();
  private wake: (() => void) | null = null;
  private poked = false;
  private totalSlots: number;
  private registeredAt = -Infinity;
  private promotedAt = -Infinity;
  private bellDownSince: number | null = null;
  private polledAt = -Infinity;

  constructor(
    private readonly engine: EngineRepository,
    private readonly bell: Bell | null,
    private readonly takeDirectly: TakeDirectly,
    private readonly protocols: readonly string[],
    private readonly settings: EngineSettings,
    private readonly observer: EngineObserver,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.totalSlots = settings.slots;
  }

  start(): void {
    this.running = true;
    this.loop = this.work();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.poke();
    await this.loop;
    await this.engine.unregister(this.settings.holder).catch(() => undefined);
  }

  /** There may be work: do not sleep out the idle pause. */
  poke(): void {
    this.poked = true;
    this.wake?.();
  }

  /** One round. @returns how many executions were dispatched */
  async tick(): Promise<number> {
    await this.register();
    const now = this.now();
    if (now - this.promotedAt >= PROMOTE_MS) {
      this.promotedAt = now;
      await this.engine.promote(PROMOTE_LIMIT);
    }
    const window = Math.ceil(this.totalSlots * WINDOW_FACTOR);
    const picked = await this.engine.pick(this.settings.affinity, window, PICK_LIMIT);
    this.observer.pickSeconds((this.now() - now) / 1000);
    if (picked.length > 0) {
      this.observer.count('picked', picked.length);
      await this.ring(toBatches(picked));
    }
    await this.pollIfSilent();
    return picked.length;
  }

  private async work(): Promise<void> {
    while (this.running) {
      const began = this.now();
      let found = 0;
      let pause: number;
      this.poked = false;
      try {
        found = await this.tick();
        pause = found > 0 ? this.settings.tickMs : this.settings.idleMs;
      } catch (error) {
        this.observer.warn({ err: error }, 'pick failed');
        pause = 1000;
      }
      // A poke shortens the idle pause, never the pause between two picks.
      await this.sleep(Math.max(0, this.settings.tickMs - (this.now() - began)), false);
      if (found === 0 && !this.poked) await this.sleep(pause, true);
    }
  }

  private sleep(ms: number, mayWake: boolean): Promise<void> {
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (mayWake) this.wake = done;
    });
  }

  private async register(): Promise<void> {
    const now = this.now();
    if (now - this.registeredAt < REGISTER_MS) return;
    this.registeredAt = now;
    const { holder, app, slots } = this.settings;
    this.totalSlots = await this.engine.register({
      id: holder,
      app,
      slots,
      protocols: this.protocols,
    });
  }

  private async ring(batches: readonly WakeBatch[]): Promise<void> {
    if (this.bell === null) {
      this.takeDirectly(batches);
      return;
    }
    try {
      await this.bell.ring(batches);
      this.bellDownSince = null;
    } catch (error) {
      // The rows are dispatched; they age out, or the poll below finds them.
      this.bellDownSince ??= this.now();
      this.observer.count('bell_failures', 1);
      this.observer.warn({ err: error, size: batches.length }, 'bell failed');
    }
  }

  private async pollIfSilent(): Promise<void> {
    const now = this.now();
    const silent = this.bellDownSince !== null && now - this.bellDownSince > BELL_DOWN_MS;
    if (!silent || now - this.polledAt < POLL_OLDER_SECONDS * 1000) return;
    this.polledAt = now;
    const found = await this.engine.poll(this.settings.affinity, POLL_OLDER_SECONDS, PICK_LIMIT);
    if (found.length > 0) this.takeDirectly(toBatches(found));
  }
}

/** One message is for one tenant and a handful of executions. */
export function toBatches(picked: readonly PickedExecution[]): WakeBatch[] {
  const batches: { t: string; w: [string, string | null, number, string][] }[] = [];
  const open = new Map<string, { t: string; w: [string, string | null, number, string][] }>();
  for (const one of picked) {
    let batch = open.get(one.tenantId);
    if (batch === undefined || batch.w.length >= WAKE_UPS_A_MESSAGE) {
      batch = { t: one.tenantId, w: [] };
      open.set(one.tenantId, batch);
      batches.push(batch);
    }
    batch.w.push([one.executionId, one.deviceId, one.attempt, one.correlationId]);
  }
  return batches;
}
