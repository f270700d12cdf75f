import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';
import { readProductSettings } from '@drm/testing/product';

/** The budget of the console guide: login, shell and the first list, compressed. */
const BUDGET = 180_000;

describeInBrowser('the first load', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('transfers at most 180 kB for sign-in, shell and the first list', async () => {
    const visitor = await Visitor.arrive(browser);
    const session = await visitor.context.newCDPSession(visitor.page);
    await session.send('Network.enable');
    const files = new Map<string, { head: number; body: number }>();
    session.on('Network.responseReceived', ({ requestId, response }) => {
      if (!new URL(response.url).pathname.startsWith('/api/')) {
        // What had come by then is the header.
        files.set(requestId, { head: response.encodedDataLength, body: 0 });
      }
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const file = files.get(requestId);
      if (file) file.body = encodedDataLength - file.head;
    });
    const settings = readProductSettings();
    // The list was asked for, so sign-in leads straight to it.
    await visitor.page.goto('/devices');
    await visitor.page.getByLabel('E-mail').fill(settings.email);
    await visitor.page.getByLabel('Password', { exact: true }).fill(settings.password ?? '');
    await visitor.page.getByRole('button', { name: 'Sign in' }).click();
    await visitor.page.getByRole('table', { name: 'Devices' }).waitFor();
    await visitor.page.waitForLoadState('networkidle');
    const sum = (part: 'head' | 'body') =>
      [...files.values()].reduce((all, file) => all + file[part], 0);
    const total = sum('body');
    console.log(
      `initial transfer: ${(total / 1000).toFixed(1)} kB in ${files.size} files, and ${(sum('head') / 1000).toFixed(1)} kB of headers`,
    );
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(BUDGET);
    expect(visitor.faults).toEqual([]);
    await visitor.leave();
  });

  it.each(['light', 'dark'] as const)('paints %s first when it was chosen', async (theme) => {
    // The system says the opposite: only the stored choice can make it right.
    const visitor = await Visitor.arrive(browser, { theme: theme === 'dark' ? 'light' : 'dark' });
    const { page } = visitor;
    await page.addInitScript(`localStorage.setItem('drm.theme', '${theme}')`);
    // Without the app's own code only what comes before the first paint can act.
    await page.route(/\/(main|chunk|polyfills)[^/]*\.js$/, (route) => route.abort());
    await page.goto('/login');
    await page.waitForLoadState('domcontentloaded');
    const scheme = await page.evaluate<string>(
      'getComputedStyle(document.documentElement).colorScheme',
    );
    const background = await page.evaluate<string>(
      'getComputedStyle(document.body).backgroundColor',
    );
    expect(scheme).toBe(theme);
    const [red] = /\d+/.exec(background) ?? ['0'];
    expect(Number(red) > 127).toBe(theme === 'light');
    await visitor.leave();
  });

  it('is served under a strict policy, and no page breaks it', async () => {
    const visitor = await Visitor.arrive(browser);
    const response = await visitor.page.goto('/login');
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    await visitor.page.addInitScript(
      `window.drmReports = []; document.addEventListener('securitypolicyviolation', (event) => window.drmReports.push(event.violatedDirective + ' ' + event.blockedURI))`,
    );
    await visitor.signIn();
    for (const path of [
      '/',
      '/devices',
      '/jobs',
      '/users',
      '/roles',
      '/audit',
      '/settings/tenant',
    ]) {
      await visitor.open(path);
      expect(await visitor.page.evaluate<string[]>('window.drmReports')).toEqual([]);
    }
    expect(visitor.faults).toEqual([]);
    await visitor.leave();
  });

  it('keeps no secret in the storage of the browser', async () => {
    const visitor = await Visitor.arrive(browser);
    await visitor.signIn();
    const stored = await visitor.page.evaluate<string>(
      'JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })',
    );
    expect(stored).not.toMatch(/ey[A-Za-z0-9_-]{10,}\./);
    const cookies = await visitor.context.cookies(readProductSettings().baseUrl ?? '');
    for (const cookie of cookies) expect(cookie.httpOnly).toBe(true);
    await visitor.leave();
  });
});
