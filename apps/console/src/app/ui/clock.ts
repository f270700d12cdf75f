import { DestroyRef, inject, Service, signal } from '@angular/core';

/** The time, for everything that ages on screen. One timer for all of it. */
@Service()
export class Clock {
  private readonly current = signal(Date.now());
  /** Milliseconds since the epoch, renewed every 20 seconds. */
  readonly now = this.current.asReadonly();

  constructor() {
    const timer = setInterval(() => this.current.set(Date.now()), 20_000);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  /** Call after fresh data came, so that `just now` is true. */
  tick(): void {
    this.current.set(Date.now());
  }
}
