import { Component, DestroyRef, ElementRef, effect, inject, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CopyButton } from './copy-button.ts';
import { Icon } from './icon.ts';
import { type Toast, TOAST_MS, Toasts } from './toasts.ts';

@Component({
  selector: 'drm-toast-region',
  imports: [RouterLink, CopyButton, Icon],
  templateUrl: './toast-region.html',
  styleUrl: './toast-region.css',
  host: {
    '(document:keydown.f6)': 'focusFirst($event)',
    '(pointerenter)': 'hold(true)',
    '(pointerleave)': 'hold(false)',
    '(focusin)': 'hold(true)',
    '(focusout)': 'hold(false)',
  },
})
export class ToastRegion {
  private readonly toasts = inject(Toasts);
  private readonly region = viewChild.required<ElementRef<HTMLElement>>('region');
  protected readonly shown = this.toasts.shown;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private held = false;

  constructor() {
    effect(() => this.arm(this.shown()));
    inject(DestroyRef).onDestroy(() => this.clear());
  }

  protected dismiss(toast: Toast): void {
    this.toasts.dismiss(toast.id);
  }

  protected hold(held: boolean): void {
    this.held = held;
    this.clear();
    this.arm(this.shown());
  }

  protected focusFirst(event: Event): void {
    if (this.shown().length === 0) return;
    event.preventDefault();
    this.region().nativeElement.querySelector<HTMLElement>('button')?.focus();
  }

  private arm(toasts: readonly Toast[]): void {
    if (this.held) return;
    for (const toast of toasts) {
      if (this.timers.has(toast.id)) continue;
      this.timers.set(
        toast.id,
        setTimeout(() => {
          this.timers.delete(toast.id);
          this.toasts.dismiss(toast.id);
        }, TOAST_MS),
      );
    }
  }

  private clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
