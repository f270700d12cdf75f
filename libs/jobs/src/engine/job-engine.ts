import { EngineRepository, type Finish, type TenantDb } from '@drm/persistence';
import type { Bell, WakeBatch } from '../queue/bell.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineObserver } from './engine-observer.ts';
import type { EngineSettings } from './engine-settings.ts';
import { ExecutionRunner } from './execution-runner.ts';
import { Expander } from './expander.ts';
import type { Hint, Hints } from './hints.ts';
import { JobEnder } from './job-ender.ts';
import type { OperationExecutor } from './operation-executor.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Reconciler } from './reconciler.ts';

export interface JobEngineParts {
  readonly db: TenantDb;
  readonly executor: OperationExecutor;
  /** Null: dispatched executions go straight to this process's runner. */
  readonly bell: Bell | null;
  readonly hints: Hints;
  readonly settings: EngineSettings;
  readonly observer: EngineObserver;
}

/** The engine of one process: dispatcher, runner, reconciler, expander and relay, wired to each other. */
export class JobEngine {
  readonly repository: EngineRepository;
  readonly runner: ExecutionRunner;
  readonly dispatcher: Dispatcher;
  readonly reconciler: Reconciler;
  readonly expander: Expander;
  readonly relay: OutboxRelay;
  readonly ender: JobEnder;
  private unlisten: () => void = () => undefined;

  constructor(private readonly parts: JobEngineParts) {
    const { db, executor, bell, hints, settings, observer } = parts;
    this.repository = new EngineRepository(db);
    this.ender = new JobEnder(db, (error) => observer.warn({ err: error }, 'job not ended'));
    this.runner = new ExecutionRunner(db, this.repository, executor, settings, observer, {
      flushed: (tenantId, written) => this.onFlushed(tenantId, written),
    });
    this.dispatcher = new Dispatcher(
      this.repository,
      bell,
      (batches) => {
        for (const batch of batches) void this.take(batch);
      },
      executor.protocols,
      settings,
      observer,
    );
    this.reconciler = new Reconciler(this.repository, this.ender, settings, observer);
    this.expander = new Expander(db, this.repository, (tenantId, jobId) => {
      this.dispatcher.poke();
      hints.say({ kind: 'progress', tenantId, jobId });
    });
    this.relay = new OutboxRelay(this.repository, hints);
  }

  start(): void {
    this.runner.start();
    this.dispatcher.start();
    this.unlisten = this.parts.hints.listen((hint) => this.onHint(hint));
  }

  /** A bell message: resolves when its executions have been claimed or proved late. */
  async take(batch: WakeBatch): Promise<void> {
    await this.runner.accept(
      batch.t,
      batch.w.map(([executionId, deviceId, attempt]) => ({ executionId, deviceId, attempt })),
    );
  }

  /** Stops picking, drains the runner, gives the rest back. */
  async stop(drainMs: number = this.parts.settings.drainMs): Promise<void> {
    this.unlisten();
    await this.dispatcher.stop();
    await this.runner.drain(drainMs);
    this.ender.stop();
  }

  private onHint(hint: Hint): void {
    if (hint.kind === 'progress') return;
    if (hint.kind === 'cancel') {
      this.runner.recheck(hint.jobId);
      this.quietly(this.reconciler.cancelAll(), 'cancel');
      this.ender.checkSoon(hint.tenantId, hint.jobId);
      return;
    }
    this.dispatcher.poke();
    this.quietly(this.expander.run(), 'expansion');
  }

  private onFlushed(tenantId: string, written: readonly Finish[]): void {
    const { hints } = this.parts;
    for (const jobId of new Set(written.map((finish) => finish.jobId))) {
      this.ender.checkSoon(tenantId, jobId);
      hints.say({ kind: 'progress', tenantId, jobId });
    }
    this.dispatcher.poke();
  }

  private quietly(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => this.parts.observer.warn({ err: error }, `${what} failed`));
  }
}
