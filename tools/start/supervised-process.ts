import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lastLogLines } from './log-file.ts';

export interface ProcessPlan {
  readonly name: string;
  /** Script for the Node that runs us. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; null: the terminal. */
  readonly logFile: string | null;
  /** Address that answers 2xx when the process can do its work. */
  readonly healthUrl: string;
}

export interface RestartPolicy {
  /** Pause before the first restart; doubled up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Failures in a row after which it is given up. */
  readonly maxFailures: number;
  /** The same for a process that was never healthy: what fails thrice at the start will fail again. */
  readonly maxFirstFailures: number;
  /** A process that lived this long has earned a new count. */
  readonly settledAfterMs: number;
  /** Time from SIGTERM to SIGKILL. */
  readonly stopWithinMs: number;
  /** Time to become healthy at the first start. */
  readonly readyWithinMs: number;
}

export const RESTART_POLICY: RestartPolicy = {
  firstPauseMs: 1000,
  longestPauseMs: 30_000,
  maxFailures: 6,
  maxFirstFailures: 3,
  settledAfterMs: 60_000,
  stopWithinMs: 40_000,
  readyWithinMs: 60_000,
};

export interface ProcessEvents {
  /** It died; it will be started again after `pauseMs`, or never (null). */
  readonly died: (name: string, how: string, lastLines: string[], pauseMs: number | null) => void;
}

/** Pause before restart number `failures` (1, 2, …), or null when that was once too often. */
export function restartPause(
  failures: number,
  policy: RestartPolicy,
  limit: number = policy.maxFailures,
): number | null {
  if (failures >= limit) return null;
  return Math.min(policy.firstPauseMs * 2 ** (failures - 1), policy.longestPauseMs);
}

const WATCH = fileURLToPath(new URL('parent-watch.mjs', import.meta.url));

/** One process that is kept running until it is told to stop. */
export class SupervisedProcess {
  private child: ChildProcess | null = null;
  private startedAt = 0;
  private failures = 0;
  private isStopping = false;
  private hasGivenUp = false;
  private wasHealthy = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: ProcessPlan,
    private readonly events: ProcessEvents,
    private readonly policy: RestartPolicy = RESTART_POLICY,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { script, env, logFile } = this.plan;
    const output = logFile === null ? 'inherit' : openSync(logFile, 'a', 0o600);
    this.startedAt = Date.now();
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', WATCH, script], {
      env: logFile === null ? { ...env } : { ...env, NO_COLOR: '1' },
      // Files, not pipes: a log must not be lost or block because its reader is gone.
      stdio: ['ignore', output, output, 'ipc'],
      detached: true, // Ctrl-C in the terminal reaches us alone; we stop the rest in order
    });
    if (typeof output === 'number') closeSync(output);
    this.child = child;
    child.once('error', (error) => this.ended(child, error.message));
    child.once('exit', (code, signal) =>
      this.ended(child, signal ? `signal ${signal}` : `exit code ${code ?? '?'}`),
    );
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return; // reported already
    this.child = null;
    if (this.isStopping) return;
    if (Date.now() - this.startedAt > this.policy.settledAfterMs) this.failures = 0;
    this.failures += 1;
    const { maxFailures, maxFirstFailures } = this.policy;
    const limit = this.wasHealthy ? maxFailures : maxFirstFailures;
    const pause = restartPause(this.failures, this.policy, limit);
    this.hasGivenUp = pause === null;
    const lines = this.plan.logFile === null ? [] : lastLogLines(this.plan.logFile, 8);
    if (pause !== null) this.restart = setTimeout(() => this.start(), pause);
    this.events.died(this.plan.name, how, lines, pause);
  }

  /** Resolves true once the health address answers 2xx; false when it was given up or time is over. */
  async becomesHealthy(): Promise<boolean> {
    const until = Date.now() + this.policy.readyWithinMs;
    while (Date.now() < until && !this.isStopping && !this.hasGivenUp) {
      if (this.child !== null && (await answers(this.plan.healthUrl))) {
        this.wasHealthy = true;
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }

  /** SIGTERM, then SIGKILL when it does not listen. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.restart);
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), this.policy.stopWithinMs);
    await gone;
    clearTimeout(killer);
  }

  /** For the impatient: a second Ctrl-C. */
  kill(): void {
    this.isStopping = true;
    this.child?.kill('SIGKILL');
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
