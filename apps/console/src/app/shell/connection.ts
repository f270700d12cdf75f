import { DestroyRef, inject, Service, signal } from '@angular/core';

/** Whether the browser has a network at all. */
@Service()
export class Connection {
  private readonly online = signal(navigator.onLine);
  readonly isOnline = this.online.asReadonly();

  constructor() {
    const update = (): void => this.online.set(navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    inject(DestroyRef).onDestroy(() => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    });
  }
}
