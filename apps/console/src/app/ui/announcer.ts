import { Service, signal } from '@angular/core';

/** Says something to screen readers through the two live regions of the app. */
@Service()
export class Announcer {
  private readonly politeText = signal('');
  private readonly assertiveText = signal('');
  readonly polite = this.politeText.asReadonly();
  readonly assertive = this.assertiveText.asReadonly();
  private turn = false;

  say(text: string, urgent = false): void {
    // A trailing no-break space makes a repeated message a change, so that it is read again.
    this.turn = !this.turn;
    (urgent ? this.assertiveText : this.politeText).set(this.turn ? text : `${text}\u00a0`);
  }
}
