import { Component, inject } from '@angular/core';
import { Theme, THEMES, type ThemeChoice } from '../../theme/theme.ts';

const WORDS: Readonly<Record<ThemeChoice, string>> = {
  system: 'As the system says',
  light: 'Light',
  dark: 'Dark',
};

/** How the console looks in this browser. */
@Component({
  selector: 'drm-appearance',
  template: `
    <section class="drm-card">
      <fieldset>
        <legend>Theme</legend>
        @for (choice of choices; track choice) {
          <label class="drm-check">
            <input
              type="radio"
              name="theme"
              [value]="choice"
              [checked]="theme.choice() === choice"
              (change)="theme.choose(choice)"
            />
            <span>{{ words[choice] }}</span>
          </label>
        }
      </fieldset>
      <p class="drm-soft">It is kept in this browser only.</p>
    </section>
  `,
  styles: `
    fieldset {
      margin: 0 0 8px;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-size: 16px;
      font-weight: 600;
    }
  `,
})
export class Appearance {
  protected readonly theme = inject(Theme);
  protected readonly choices = THEMES;
  protected readonly words = WORDS;
}
