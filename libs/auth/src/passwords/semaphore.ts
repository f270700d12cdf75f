import { DomainError } from '@drm/domain';

/** Lets a few run at once and a few wait; refuses the rest. Bounds memory and processor of password hashing. */
export class Semaphore {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly slots: number,
    private readonly queue: number,
  ) {}

  /** @throws DomainError `rate.limited` when the queue is full */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.slots) {
      if (this.waiting.length >= this.queue) {
        throw new DomainError('rate.limited', 'Too many sign-ins at once. Try again in a moment.', {
          retryAfterSeconds: 2,
        });
      }
      // The one that ends hands its slot over, so `running` does not change here.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
