import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Job, Page as Paged } from '@drm/contracts';
import type { Browser, Page } from 'playwright-core';
import { Api } from './support/api.ts';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What differs between the themes. The structure is checked in the light one, with every rule. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Violations in words: rule, impact and where. None is excused. */
async function violations(page: Page, theme: 'light' | 'dark'): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations: found } = await (
    theme === 'light' ? axe.withTags(TAGS) : axe.withRules(COLOUR_RULES)
  ).analyze();
  return found.map(
    (rule) =>
      `${rule.id} (${rule.impact ?? '?'}): ${rule.nodes.map((node) => node.html).join(' | ')}`,
  );
}

describeInBrowser('accessibility', () => {
  let browser: Browser;
  let paths: readonly string[];

  beforeAll(async () => {
    browser = await launch();
    const api = await Api.signIn();
    const device = await api.device(`axe-${Date.now().toString(36)}`);
    const job = await api.job({
      operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.5.0'] },
      targets: { deviceIds: [device.id] },
      maxAttempts: 1,
    });
    const ended = await api.get<Paged<Job>>('/jobs?state=ended&limit=1');
    paths = [
      '/',
      '/devices',
      '/devices/new',
      `/devices/${device.id}/overview`,
      `/devices/${device.id}/endpoints`,
      `/devices/${device.id}/values`,
      `/devices/${device.id}/jobs`,
      '/jobs',
      `/jobs/${ended.items[0]?.id ?? job.id}`,
      '/users',
      '/roles',
      '/api-keys',
      '/audit',
      '/settings/profile',
      '/settings/sessions',
      '/settings/appearance',
      '/settings/tenant',
      '/tenants',
      '/no-such-page',
    ];
  });
  afterAll(() => browser.close());

  it.each(['light', 'dark'] as const)(
    'has no violation on any page, %s',
    async (theme) => {
      const visitor = await Visitor.arrive(browser, { theme });
      const found: Record<string, string[]> = {};
      const check = async (name: string): Promise<void> => {
        const list = await violations(visitor.page, theme);
        if (list.length > 0) found[name] = list;
      };
      await visitor.page.goto('/login');
      await visitor.page.getByRole('heading', { level: 1 }).waitFor();
      await check('/login');
      await visitor.signIn();
      for (const path of paths) {
        await visitor.open(path);
        await visitor.page.waitForLoadState('networkidle').catch(() => undefined);
        await check(path);
      }
      expect(found).toEqual({});
      expect(visitor.faults).toEqual([]);
      await visitor.leave();
    },
    300_000,
  );

  it.each(['light', 'dark'] as const)(
    'has no violation in dialogs and menus, %s',
    async (theme) => {
      const visitor = await Visitor.arrive(browser, { theme });
      const { page } = visitor;
      const found: Record<string, string[]> = {};
      const check = async (name: string): Promise<void> => {
        const list = await violations(page, theme);
        if (list.length > 0) found[name] = list;
        await page.keyboard.press('Escape');
      };
      await visitor.signIn();
      const open: readonly (readonly [string, string])[] = [
        ['/users', 'Invite a user'],
        ['/roles', 'New role'],
        ['/api-keys', 'New key'],
        ['/tenants', 'New tenant'],
        ['/devices', 'Columns'],
        ['/', 'Your account'],
      ];
      for (const [path, button] of open) {
        await visitor.open(path);
        await page.getByRole('button', { name: button }).first().click();
        await page.getByRole('dialog').or(page.getByRole('menu')).first().waitFor();
        await check(button);
      }
      await visitor.open('/devices');
      await page.locator('tbody input[type=checkbox]').first().check();
      await page.getByRole('button', { name: 'Run operation' }).click();
      await page.getByRole('combobox', { name: 'Operation' }).waitFor();
      for (const kind of ['get', 'set', 'walk'] as const) {
        await page.getByRole('combobox', { name: 'Operation' }).selectOption(kind);
        const list = await violations(page, theme);
        if (list.length > 0) found[`run ${kind}`] = list;
      }
      expect(found).toEqual({});
      await visitor.leave();
    },
    300_000,
  );

  it('fits 320 px without scrolling sideways', async () => {
    const visitor = await Visitor.arrive(browser, { width: 320, height: 640 });
    await visitor.signIn();
    const wide: string[] = [];
    for (const path of paths) {
      await visitor.open(path);
      const over = await visitor.page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (over > 0) wide.push(`${path}: ${over} px`);
    }
    expect(wide).toEqual([]);
    await visitor.leave();
  }, 120_000);

  it('never hides the focus below a bar while tabbing through a list', async () => {
    const visitor = await Visitor.arrive(browser, { height: 500 });
    await visitor.signIn();
    await visitor.open('/devices');
    const hidden: string[] = [];
    for (let press = 0; press < 60; press += 1) {
      await visitor.page.keyboard.press('Tab');
      const fault = await visitor.page.evaluate<string | null>(`(async () => {
        await new Promise((done) => setTimeout(done, 60));
        const focused = document.activeElement;
        if (!focused || focused === document.body) return null;
        const box = focused.getBoundingClientRect();
        if (box.width === 0) return null;
        const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
        const y = box.top + Math.min(box.height / 2, 10);
        if (y < 0 || y > innerHeight) return 'outside: ' + focused.outerHTML.slice(0, 120);
        const top = document.elementFromPoint(x, y);
        const seen = top && (focused.contains(top) || top.contains(focused));
        return seen ? null : 'covered: ' + focused.outerHTML.slice(0, 120) + ' by ' + (top ? top.outerHTML.slice(0, 120) : 'nothing');
      })()`);
      if (fault !== null) hidden.push(fault);
    }
    expect(hidden).toEqual([]);
    await visitor.leave();
  });
});
