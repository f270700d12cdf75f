import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Execution, Job, Page } from '@drm/contracts';
import type { Browser } from 'playwright-core';
import { Api, eventually } from './support/api.ts';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';
import { freeUdpPort, silentPort } from './support/ports.ts';
import { SnmpAgent } from './support/snmp-agent.ts';

const SYS_NAME = '1.3.6.1.2.1.1.5.0';
const MATCHING = 53;

describeInBrowser('jobs', () => {
  const run = Date.now().toString(36);
  let browser: Browser;
  let visitor: Visitor;
  let api: Api;
  let agent: SnmpAgent;
  let silent: Awaited<ReturnType<typeof silentPort>>;

  beforeAll(async () => {
    browser = await launch();
    api = await Api.signIn();
    agent = SnmpAgent.start(await freeUdpPort(), { sysName: 'agent of the browser tests' });
    silent = await silentPort();
    for (let index = 0; index < MATCHING; index += 1) {
      await api.device(`bulk-${run}-${index}`, agent.address);
    }
  });
  afterAll(async () => {
    agent.stop();
    silent.close();
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

  const jobId = (): string => /\/jobs\/([0-9a-f-]{36})/.exec(visitor.page.url())?.[1] ?? '';

  it('reads from everything that matches, not only the page, and shows the end live', async () => {
    const { page } = visitor;
    await visitor.open(`/devices?q=bulk-${run}`);
    await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
    await page.getByRole('button', { name: 'Select everything that matches' }).click();
    await page.getByText(`${MATCHING} selected`).waitFor();
    await page.getByRole('button', { name: 'Run operation' }).click();
    await page.getByRole('button', { name: 'sysName' }).click();
    await page.getByText(`Read 1 value on ${MATCHING} devices in`).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
    const late = await api.device(`bulk-${run}-late`, agent.address);

    // No reload: the end comes over the stream.
    await page.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByText(`${MATCHING} of ${MATCHING} ended`).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
    await page.getByText('agent of the browser tests').first().waitFor();

    const rows = await api.get<Page<Execution>>(`/jobs/${jobId()}/executions?limit=200`);
    expect(rows.items).toHaveLength(MATCHING);
    expect(rows.items.some((row) => row.deviceId === late.id)).toBe(false);

    await page.reload();
    await page.getByText(`${MATCHING} of ${MATCHING} ended`).waitFor();
    await page
      .getByRole('button', { name: /^Details of bulk-/ })
      .first()
      .click();
    await page.waitForURL(/execution=/);
    await page.getByRole('table').filter({ hasText: SYS_NAME }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('execution='));
  });

  it('fails for a device that does not answer, with code and hint, and retries only that', async () => {
    const { page } = visitor;
    const broken = await api.device(`broken-${run}`, `127.0.0.1:${silent.port}`);
    const good = await api.device(`good-${run}`, agent.address);
    const job = await api.job({
      operation: { kind: 'get', paths: [SYS_NAME] },
      targets: { deviceIds: [broken.id, good.id] },
      maxAttempts: 1,
    });
    await visitor.open(`/jobs/${job.id}`);
    await page.getByText('Partly succeeded', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole('heading', { name: 'Why executions failed' }).waitFor();
    const failures = await api.get<Page<{ code: string; hint: string | null }>>(
      `/jobs/${job.id}/failures`,
    );
    const [cause] = failures.items;
    expect(cause?.code).toMatch(/timeout/);
    await page
      .getByText(cause?.code ?? '')
      .first()
      .waitFor();
    await page
      .getByText(cause?.hint ?? 'no hint')
      .first()
      .waitFor();

    await page
      .getByRole('navigation', { name: 'Executions by status' })
      .getByText('Failed')
      .click();
    await page.waitForURL(/status=failed/);
    const table = page.getByRole('table', { name: 'Executions' });
    await table.getByText(`broken-${run}`).waitFor();
    await table.getByText(`good-${run}`).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Retry failed' }).click();
    await page.waitForURL(
      (url) => url.pathname.includes('/jobs/') && !url.pathname.endsWith(job.id),
    );
    await page.getByRole('link', { name: 'the job before' }).waitFor();
    const retry = await api.get<Job>(`/jobs/${jobId()}`);
    expect(retry).toMatchObject({ retryOf: job.id, targetCount: 1 });
  });

  it('cancels a job that is at work', async () => {
    const { page } = visitor;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const device = await api.device(`slow-${run}-${index}`, `127.0.0.1:${silent.port}`);
      ids.push(device.id);
    }
    const job = await api.job({
      operation: { kind: 'get', paths: [SYS_NAME] },
      targets: { deviceIds: ids },
      maxAttempts: 5,
    });
    await visitor.open(`/jobs/${job.id}`);
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the job' }).click();
    const ended = await eventually(
      () => api.get<Job>(`/jobs/${job.id}`),
      (seen) => seen.state === 'ended',
      60_000,
    );
    expect(ended.counts.cancelled).toBeGreaterThan(0);
    await page.getByText('100 %').waitFor({ timeout: 20_000 });
  });

  it('says when the stream is away, and is live again by itself', async () => {
    const { page } = visitor;
    const device = await api.device(`cut-${run}`, `127.0.0.1:${silent.port}`);
    const job = await api.job({
      operation: { kind: 'get', paths: [SYS_NAME] },
      targets: { deviceIds: [device.id] },
      maxAttempts: 5,
    });
    await page.route('**/jobs/events/*', (route) => route.abort());
    await visitor.open(`/jobs/${job.id}`);
    await page.getByText('Reconnecting', { exact: true }).waitFor();
    await page.unroute('**/jobs/events/*');
    await page.getByText('Live', { exact: true }).waitFor();
    await api.post(`/jobs/${job.id}/cancel`, {});
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  it('polls where the server has live events switched off', async () => {
    const { page } = visitor;
    const device = await api.device(`poll-${run}`, `127.0.0.1:${silent.port}`);
    const job = await api.job({
      operation: { kind: 'get', paths: [SYS_NAME] },
      targets: { deviceIds: [device.id] },
      maxAttempts: 5,
    });
    await page.route('**/jobs/events/*', (route) => route.fulfill({ status: 404, body: '' }));
    await visitor.open(`/jobs/${job.id}`);
    await page.getByText('Polling', { exact: true }).waitFor();
    await api.post(`/jobs/${job.id}/cancel`, {});
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  it('asks twice before it changes many devices', async () => {
    const { page } = visitor;
    await visitor.open(`/devices?q=bulk-${run}-1`);
    await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
    await page.getByRole('button', { name: 'Run operation' }).click();
    await page.getByRole('combobox', { name: 'Operation' }).selectOption('set');
    await page.getByRole('button', { name: 'sysName' }).click();
    await page.getByLabel('New value').fill('changed');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const question = page.getByRole('alertdialog');
    await question.waitFor();
    expect(await question.getByRole('button', { name: 'Set values' }).isDisabled()).toBe(true);
    await question.getByRole('button', { name: 'Keep as it is' }).click();
    expect(page.url()).toContain('/devices');
  });
});
