import { httpResource } from '@angular/common/http';
import { computed, DestroyRef, inject, Injectable, linkedSignal, signal } from '@angular/core';
import { Device } from '@drm/contracts';
import { deviceUrl } from '../devices-api.ts';

/** Seconds after which the page looks again for what a short job brought. */
const LOOK_AGAIN = [2, 5, 10, 20];

/** The device of the page, shared by its header and tabs. Provided by `DeviceDetail`. */
@Injectable()
export class DeviceContext {
  private readonly current = signal('');
  private timers: ReturnType<typeof setTimeout>[] = [];
  readonly id = this.current.asReadonly();
  readonly resource = httpResource(
    () => (this.current() === '' ? undefined : deviceUrl(this.current())),
    { parse: (body) => Device.parse(body) },
  );
  /** The last state that came; it stays while a newer one loads. Null before the first. */
  readonly device = linkedSignal<{ id: string; next: Device | null }, Device | null>({
    source: () => ({
      id: this.current(),
      next: this.resource.hasValue() ? this.resource.value() : null,
    }),
    computation: ({ id, next }, previous) =>
      next ?? (previous?.source.id === id ? (previous.value ?? null) : null),
  });
  readonly canRun = computed(() => (this.device()?.endpoints ?? []).some((one) => one.enabled));
  /** Grows when a job that this page started may have brought something. */
  readonly stirred = signal(0);

  constructor() {
    inject(DestroyRef).onDestroy(() => this.timers.forEach((timer) => clearTimeout(timer)));
  }

  show(id: string): void {
    this.current.set(id);
  }

  reload(): void {
    this.resource.reload();
  }

  /** Looks again a few times: a probe or read takes a moment. */
  lookAgain(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers = LOOK_AGAIN.map((seconds) =>
      setTimeout(() => {
        this.reload();
        this.stirred.update((count) => count + 1);
      }, seconds * 1000),
    );
  }
}
