import { randomFillSync } from 'node:crypto';
import { uuidV7 } from '@drm/domain';

const COUNTER_MAX = 0xfff;

/** An id and the millisecond inside it. */
export interface TimedId {
  readonly id: string;
  readonly ms: number;
}

/**
 * Ids that sort in the order they were made, also within one millisecond: a counter stands in the 12 bits after the
 * version (RFC 9562, 6.2, method 1). Of this process; lines of two processes in the same millisecond have no order.
 */
export class AuditIds {
  private lastMs = 0;
  private counter = 0;

  constructor(private readonly nowMs: () => number = Date.now) {}

  next(): TimedId {
    const now = this.nowMs();
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = 0;
    } else if (this.counter < COUNTER_MAX) {
      this.counter += 1;
    } else {
      this.lastMs += 1;
      this.counter = 0;
    }
    const counter = this.counter;
    const id = uuidV7(this.lastMs, (target) => {
      randomFillSync(target);
      target[6] = counter >> 8;
      target[7] = counter & 0xff;
      return target;
    });
    return { id, ms: this.lastMs };
  }
}
