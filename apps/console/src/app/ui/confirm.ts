import { inject, Service } from '@angular/core';
import { Session } from '../session/session.ts';
import { Dialogs } from './dialogs.ts';

export interface Question {
  readonly title: string;
  /** What will happen, in one or two sentences. */
  readonly text: string;
  /** The word on the button: `Delete`, `Cancel the job`. */
  readonly action: string;
  readonly danger?: boolean;
  /** Must be typed before the button works; for destructive actions on many things. */
  readonly typeToConfirm?: string;
  /** Asks for a reason of at least three characters. */
  readonly askReason?: boolean;
}

export interface Answer {
  readonly reason: string | null;
}

/** Asks before something that cannot be taken back. The dialog names the tenant. */
@Service()
export class Confirm {
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(Session);

  /** Null when the person thinks better of it. */
  async ask(question: Question): Promise<Answer | null> {
    const answer = await this.dialogs.ask<Answer>(
      () => import('./confirm-dialog.ts').then((file) => file.ConfirmDialog),
      {
        data: { ...question, tenant: this.session.tenant()?.name ?? '' },
        width: '460px',
        role: 'alertdialog',
        autoFocus: 'first-tabbable',
      },
    );
    return answer ?? null;
  }
}
