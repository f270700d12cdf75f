/**
 * What a queue message carries: ids only, since queues are clear text. `t` tenant, and of each execution:
 * itself, its device, the attempt it was dispatched for, the correlation id.
 */
export interface WakeBatch {
  readonly t: string;
  readonly w: readonly (readonly [string, string | null, number, string])[];
}

/** Rings after the commit. May lose, double and reorder; PostgreSQL rows are the truth. */
export interface Bell {
  /** Rejects fast; the caller only counts the failure. */
  ring(batches: readonly WakeBatch[]): Promise<void>;
}

/** A bell in this process: tests, and the `poll` driver. */
export class InlineBell implements Bell {
  private handler: ((batch: WakeBatch) => void) | null = null;

  listen(handler: (batch: WakeBatch) => void): void {
    this.handler = handler;
  }

  ring(batches: readonly WakeBatch[]): Promise<void> {
    for (const batch of batches) this.handler?.(batch);
    return Promise.resolve();
  }
}
