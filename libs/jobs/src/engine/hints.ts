/**
 * "Look now", never data and never the truth: a lost hint costs a poll's time. `work`: executions may be ready;
 * `cancel`: runners look whether theirs still may; `progress`: counters of a job moved.
 */
export interface Hint {
  readonly kind: 'work' | 'cancel' | 'progress';
  readonly tenantId: string;
  readonly jobId: string;
}

export interface Hints {
  /** Never throws and never waits; equal hints within 200 ms become one. */
  say(hint: Hint): void;
  /** @returns a function that ends the subscription */
  listen(on: (hint: Hint) => void): () => void;
  close(): Promise<void>;
}

/** Hints within one process: tests, and processes that only listen to themselves. */
export class LocalHints implements Hints {
  private readonly listeners = new Set<(hint: Hint) => void>();

  say(hint: Hint): void {
    for (const listener of this.listeners) listener(hint);
  }

  listen(on: (hint: Hint) => void): () => void {
    this.listeners.add(on);
    return () => this.listeners.delete(on);
  }

  close(): Promise<void> {
    this.listeners.clear();
    return Promise.resolve();
  }
}
