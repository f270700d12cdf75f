import { inject, Service, signal } from '@angular/core';
import { asProblem } from '../http/api-problem.ts';
import { Announcer } from './announcer.ts';

export type ToastTone = 'ok' | 'bad' | 'info';

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
  /** Where to see more, without the tenant prefix. */
  readonly link?: { readonly label: string; readonly path: readonly string[] };
  /** To copy when asking for help. */
  readonly correlationId?: string;
}

/** Milliseconds a toast stays, unless the pointer or the focus is on it. */
export const TOAST_MS = 10_000;
const MOST = 4;

/** Short messages at the edge of the screen, announced to screen readers too. */
@Service()
export class Toasts {
  private readonly announcer = inject(Announcer);
  private readonly list = signal<readonly Toast[]>([]);
  readonly shown = this.list.asReadonly();
  private lastId = 0;

  ok(text: string, link?: Toast['link']): void {
    this.add({ tone: 'ok', text, ...(link && { link }) });
  }

  info(text: string, link?: Toast['link']): void {
    this.add({ tone: 'info', text, ...(link && { link }) });
  }

  /** Shows what a failed request said, with its correlation id. */
  problem(error: unknown, what?: string): void {
    const problem = asProblem(error);
    const said = problem.detail ?? problem.title;
    this.add({
      tone: 'bad',
      text: what === undefined ? said : `${what}: ${said}`,
      ...(problem.correlationId !== null && { correlationId: problem.correlationId }),
    });
  }

  dismiss(id: number): void {
    this.list.update((toasts) => toasts.filter((toast) => toast.id !== id));
  }

  private add(toast: Omit<Toast, 'id'>): void {
    this.lastId += 1;
    const id = this.lastId;
    this.list.update((toasts) => [...toasts, { ...toast, id }].slice(-MOST));
    this.announcer.say(toast.text, toast.tone === 'bad');
  }
}
