import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';
import { readProductSettings } from '@drm/testing/product';

describeInBrowser('signing in and out', () => {
  const settings = readProductSettings();
  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    visitor = await Visitor.arrive(browser);
  });
  afterEach(async () => {
    expect(visitor.faults).toEqual([]);
    await visitor.leave();
  });

  it('works with the keyboard alone, and the heading has the focus afterwards', async () => {
    const { page } = visitor;
    await page.goto('/');
    await page.waitForURL(/\/login/);
    await page.getByLabel('E-mail').focus();
    await page.keyboard.type(settings.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(settings.password ?? '');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/t\/[^/]+/);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    // Past the skip link and the bar into the navigation, to the list of devices.
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate<string>('document.activeElement.textContent.trim()')) === 'Devices')
        break;
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('H1');
  });

  it('says the same for a wrong password and for an unknown person', async () => {
    const { page } = visitor;
    const messages: string[] = [];
    for (const email of [settings.email, 'nobody@example.com']) {
      await page.goto('/login');
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill('not the password at all');
      await page.getByRole('button', { name: 'Sign in' }).click();
      const alert = page.locator('main [role=alert]:not([hidden])');
      await alert.waitFor();
      messages.push((await alert.textContent()) ?? '');
    }
    expect(messages[0]).toMatch(/wrong/i);
    expect(messages[1]).toBe(messages[0]);
  });

  it('comes back to the page that was asked for', async () => {
    const { page } = visitor;
    await page.goto('/jobs?state=ended');
    await page.waitForURL(/\/login/);
    await page.getByLabel('E-mail').fill(settings.email);
    await page.getByLabel('Password', { exact: true }).fill(settings.password ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    expect(page.url()).toMatch(/\/t\/[^/]+\/jobs\?state=ended/);
  });

  it('stays signed in over a reload', async () => {
    await visitor.signIn();
    await visitor.open('/devices');
    await visitor.page.reload();
    await visitor.page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
  });

  it('ends the other tab when one signs out', async () => {
    await visitor.signIn();
    const other = await visitor.tab();
    await other.goto(visitor.page.url());
    await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await visitor.page.getByRole('button', { name: 'Your account' }).click();
    await visitor.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await visitor.page.waitForURL(/\/login/);
    await other.waitForURL(/\/login/, { timeout: 2_000 });
  });

  it('keeps both tabs signed in when they refresh at the same moment', async () => {
    await visitor.signIn();
    const other = await visitor.tab();
    await other.goto(visitor.page.url());
    await Promise.all([visitor.page.reload(), other.reload()]);
    await visitor.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
});
