import { ComponentHarness } from '@angular/cdk/testing';

/** Drives a `drm-data-table` the way a person does. */
export class DataTableHarness extends ComponentHarness {
  static readonly hostSelector = 'drm-data-table';
  private readonly headers = this.locatorForAll('thead th');
  private readonly rows = this.locatorForAll('tbody tr:not([aria-hidden])');
  private readonly buttons = this.locatorForAll('button, a[mat-button], a');
  private readonly inputs = this.locatorForAll('.drm-field input');

  async text(): Promise<string> {
    return (await this.host()).text();
  }

  /** Texts of the loaded rows, cell by cell. */
  async cells(): Promise<string[][]> {
    const rows = await this.rows();
    return Promise.all(
      rows.map(async (_, index) => {
        const cells = await this.locatorForAll(
          `tbody tr:not([aria-hidden]):nth-child(${index + 1}) td:not(.check):not(.menu)`,
        )();
        return Promise.all(cells.map((cell) => cell.text()));
      }),
    );
  }

  /** The `aria-sort` of the column with this title. */
  async sortOf(title: string): Promise<string | null> {
    for (const header of await this.headers()) {
      if ((await header.text()).includes(title)) return header.getAttribute('aria-sort');
    }
    return null;
  }

  async sortBy(title: string): Promise<void> {
    await this.press(title, await this.locatorForAll('thead button')());
  }

  /** Presses the button with this text. */
  async click(text: string): Promise<void> {
    await this.press(text, await this.buttons());
  }

  async isEnabled(text: string): Promise<boolean> {
    for (const button of await this.buttons()) {
      if ((await button.text()).trim() === text) return !(await button.getProperty('disabled'));
    }
    throw new Error(`no button ${text}`);
  }

  async search(text: string): Promise<void> {
    const [input] = await this.inputs();
    if (input === undefined) throw new Error('no search field');
    await input.setInputValue(text);
    await input.dispatchEvent('input');
    const form = await this.locatorFor('form[role=search]')();
    await form.dispatchEvent('submit');
  }

  async selectRow(index: number): Promise<void> {
    const boxes = await this.locatorForAll('tbody input[type=checkbox]')();
    await boxes[index]?.click();
  }

  async selectPage(): Promise<void> {
    await (await this.locatorFor('thead input[type=checkbox]')()).click();
  }

  private async press(
    text: string,
    buttons: readonly { text(): Promise<string>; click(): Promise<void> }[],
  ): Promise<void> {
    for (const button of buttons) {
      if ((await button.text()).trim().startsWith(text)) return button.click();
    }
    throw new Error(`no button ${text}`);
  }
}
