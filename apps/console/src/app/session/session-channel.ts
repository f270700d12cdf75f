import { DestroyRef, inject, Service } from '@angular/core';
import type { Session } from '@drm/contracts';

export type SessionMessage =
  { readonly kind: 'session'; readonly session: Session } | { readonly kind: 'ended' };

const NAME = 'drm.session';

/** Talk between the tabs of one browser: who holds the refresh cookie now, and who signed out. Nothing of it is stored. */
@Service()
export class SessionChannel {
  private readonly channel =
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);

  constructor() {
    inject(DestroyRef).onDestroy(() => this.channel?.close());
  }

  onMessage(listener: (message: SessionMessage) => void): void {
    this.channel?.addEventListener('message', (event: MessageEvent<SessionMessage>) =>
      listener(event.data),
    );
  }

  post(message: SessionMessage): void {
    this.channel?.postMessage(message);
  }

  /** Runs `work` while no other tab does the same. Plain http on another host has no locks: then only this tab waits. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = (navigator as { locks?: LockManager }).locks;
    return locks ? ((await locks.request(NAME, work)) as T) : work();
  }
}
