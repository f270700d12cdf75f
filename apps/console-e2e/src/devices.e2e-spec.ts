import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Device } from '@drm/contracts';
import type { Browser } from 'playwright-core';
import { Api, eventually } from './support/api.ts';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';
import { freeUdpPort } from './support/ports.ts';
import { SnmpAgent } from './support/snmp-agent.ts';

const XSS = '<img src=x onerror=alert(1)><script>alert(2)</script>';

describeInBrowser('devices', () => {
  const run = Date.now().toString(36);
  let browser: Browser;
  let visitor: Visitor;
  let api: Api;
  let agent: SnmpAgent;

  beforeAll(async () => {
    browser = await launch();
    api = await Api.signIn();
    agent = SnmpAgent.start(await freeUdpPort(), {
      sysName: `${XSS}\u202Egnp`,
      sysDescr: `${XSS} router`,
    });
    for (const name of ['one', 'two', 'three']) await api.device(`find-${run}-${name}`);
  });
  afterAll(async () => {
    agent.stop();
    await browser.close();
  });
  beforeEach(async () => {
    visitor = await Visitor.arrive(browser);
    await visitor.signIn();
  });
  afterEach(async () => {
    expect(visitor.faults).toEqual([]);
    await visitor.leave();
  });

  it('filters into the address, and the link opens the same list for somebody else', async () => {
    const { page } = visitor;
    await visitor.open('/devices');
    await page.getByRole('searchbox', { name: 'Search' }).fill(`find-${run}`);
    await page.waitForURL(new RegExp(`q=find-${run}`));
    await page.getByRole('link', { name: `find-${run}-one` }).waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await page.waitForURL(/sort=-name/);
    const rows = page.getByRole('table', { name: 'Devices' }).locator('tbody tr');
    await expectTexts(rows, ['two', 'three', 'one']);

    const other = await Visitor.arrive(browser);
    try {
      await other.signIn();
      await other.page.goto(page.url());
      await other.page.getByRole('link', { name: `find-${run}-two` }).waitFor();
      await expectTexts(other.page.getByRole('table', { name: 'Devices' }).locator('tbody tr'), [
        'two',
        'three',
        'one',
      ]);
      expect(other.faults).toEqual([]);
    } finally {
      await other.leave();
    }
    await page.goBack();
    await page.goForward();
    await page.getByRole('link', { name: `find-${run}-two` }).waitFor();
  });

  it('creates a device with an SNMP endpoint, probes it and shows hostile answers as text', async () => {
    const { page } = visitor;
    const name = `new-${run} ${XSS}`;
    await visitor.open('/devices/new');
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('textbox', { name: 'Address' }).fill(agent.address);
    await page.getByRole('textbox', { name: /^(read )?community/i }).fill('public');
    const probe = page.getByRole('checkbox', { name: /probe/i });
    if (await probe.isChecked()) await probe.uncheck();
    await page.getByRole('button', { name: 'Add the device' }).click();
    await page.waitForURL(/\/devices\/[0-9a-f-]{36}/);
    const heading = page.getByRole('heading', { level: 1 });
    await heading.filter({ hasText: `new-${run}` }).waitFor();
    expect(await heading.textContent()).toContain(XSS);

    await page.getByRole('button', { name: 'Probe' }).click();
    const id = /\/devices\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
    await eventually(
      () => api.get<Device>(`/devices/${id}`),
      (device) => device.reachability === 'reachable',
    );
    await visitor.open(`/devices/${id}/values`);
    await page.getByText('onerror=alert(1)').first().waitFor();
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('<script>alert(2)</script>');
    expect(text).not.toContain('\u202E');
    expect(
      await page.evaluate<number>('document.querySelectorAll("main img, main script").length'),
    ).toBe(0);
  });

  it('says what is missing instead of sending a broken form', async () => {
    const { page } = visitor;
    await visitor.open('/devices/new');
    await page.getByRole('button', { name: 'Add the device' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(page.url()).toMatch(/\/devices\/new$/);
  });
});

async function expectTexts(
  rows: ReturnType<Visitor['page']['locator']>,
  endings: readonly string[],
): Promise<void> {
  await eventually(
    async () =>
      (await rows.locator('a').allTextContents()).map((text) => text.trim().split('-').at(-1)),
    (seen) => JSON.stringify(seen) === JSON.stringify(endings),
    10_000,
  );
}
