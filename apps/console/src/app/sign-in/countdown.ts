import { DestroyRef, inject, Injectable, signal } from '@angular/core';

/** Seconds until trying again makes sense. Provided by the page that shows it. */
@Injectable()
export class Countdown {
  private readonly left = signal(0);
  readonly seconds = this.left.asReadonly();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearInterval(this.timer));
  }

  start(seconds: number): void {
    clearInterval(this.timer);
    this.left.set(Math.max(1, Math.ceil(seconds)));
    this.timer = setInterval(() => {
      this.left.update((left) => left - 1);
      if (this.left() <= 0) clearInterval(this.timer);
    }, 1000);
  }
}
