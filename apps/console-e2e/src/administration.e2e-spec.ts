import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Device, Page, Tenant } from '@drm/contracts';
import type { Browser } from 'playwright-core';
import { Api, ApiError, eventually } from './support/api.ts';
import { launch, Visitor } from './support/browser.ts';
import { describeInBrowser } from './support/describe-in-browser.ts';

const PASSWORD = 'a sentence only this test knows';

describeInBrowser('administration', () => {
  const run = Date.now().toString(36);
  let browser: Browser;
  let visitor: Visitor;
  let api: Api;

  beforeAll(async () => {
    browser = await launch();
    api = await Api.signIn();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    visitor = await Visitor.arrive(browser);
    await visitor.signIn();
  });
  afterEach(async () => {
    expect(visitor.faults).toEqual([]);
    await visitor.leave();
  });

  it('invites a viewer, who accepts, sees devices and finds no door beyond the role', async () => {
    const { page } = visitor;
    const email = `viewer-${run}@example.com`;
    await visitor.open('/users');
    await page.getByRole('button', { name: 'Invite a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(email);
    await dialog.getByLabel('Name').fill('Vera Viewer');
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('viewer');
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = (await dialog.getByLabel('The link', { exact: true }).textContent()) ?? '';
    expect(link).toMatch(/accept-invitation#token=/);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText(email).waitFor();

    const guest = await Visitor.arrive(browser);
    try {
      const { pathname, hash } = new URL(link);
      await guest.page.goto(pathname + hash);
      await guest.page.getByLabel('New password').fill(PASSWORD);
      await guest.page.getByLabel('The same once more').fill(PASSWORD);
      await guest.page.getByRole('button', { name: 'Set the password and sign in' }).click();
      await guest.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      await guest.open('/devices');
      expect(await guest.page.getByRole('link', { name: 'Add a device' }).count()).toBe(0);
      expect(await guest.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
      await guest.open('/users');
      await guest.page.getByText('users:read').waitFor();
      expect(guest.faults).toEqual([]);

      await guest.page.goto(pathname + hash);
    } finally {
      await guest.leave();
    }
    const again = await Visitor.arrive(browser);
    try {
      const { pathname, hash } = new URL(link);
      await again.page.goto(pathname + hash);
      await again.page.getByLabel('New password').fill(PASSWORD);
      await again.page.getByLabel('The same once more').fill(PASSWORD);
      await again.page.getByRole('button', { name: 'Set the password and sign in' }).click();
      await again.page.getByText(/used or has expired/).waitFor();
    } finally {
      await again.leave();
    }
  });

  it('makes a key that works as far as it may, and not after it is revoked', async () => {
    const { page } = visitor;
    const name = `key-${run}`;
    await visitor.open('/api-keys');
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const key = (await dialog.getByLabel('The key', { exact: true }).textContent()) ?? '';
    expect(key).toMatch(/^drm_/);
    await dialog.getByRole('button', { name: 'Done' }).click();

    const script = Api.withKey(key.trim());
    await script.get<Page<Device>>('/devices?limit=1');
    await expect(script.get('/users')).rejects.toMatchObject({ status: 403 });

    const row = page.getByRole('row').filter({ hasText: name });
    await row.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    await expect(script.get('/devices?limit=1')).rejects.toBeInstanceOf(ApiError);
  });

  it('makes a role of its own by the matrix', async () => {
    const { page } = visitor;
    const name = `Night shift ${run}`;
    await visitor.open('/roles');
    await page.getByRole('button', { name: 'New role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('checkbox', { name: /Run operations/ }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: name }).first().waitFor();
    await page.getByRole('columnheader', { name }).waitFor();
  });

  it('enters another tenant with a reason and leaves no row of the first one behind', async () => {
    const { page } = visitor;
    const here = `first-${run}`;
    await api.device(here);
    const tenant = await api.post<Tenant>('/tenants', {
      slug: `other-${run}`,
      name: `Other ${run}`,
    });
    const there = await api.inTenant(tenant.id);
    await there.device(`second-${run}`);

    await visitor.open(`/devices?q=${here}`);
    await page.getByRole('link', { name: here }).waitFor();
    await visitor.open(`/tenants?q=${encodeURIComponent(tenant.name)}`);
    await page.getByRole('button', { name: `Actions for ${tenant.name}` }).click();
    await page.getByRole('menuitem', { name: 'Enter' }).click();
    await page.getByLabel('Reason').fill('looking at a ticket');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Enter' }).click();
    await page.waitForURL(new RegExp(`/t/${tenant.slug}`));
    await visitor.open('/devices');
    await page.getByRole('link', { name: `second-${run}` }).waitFor();
    expect((await page.content()).includes(here)).toBe(false);
    expect(await page.title()).toContain(tenant.name);

    await visitor.open('/audit?action=tenant.enter');
    await page.getByRole('button', { name: 'tenant.enter' }).first().click();
    await page.getByText('looking at a ticket').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('saves a setting, refuses a wrong one and gives the default back', async () => {
    const { page } = visitor;
    await visitor.open('/settings/tenant');
    const attempts = page.getByLabel('Attempts', { exact: true });
    await attempts.fill('99');
    await attempts.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'At most 10' }).waitFor();
    await attempts.fill('4');
    await attempts.press('Enter');
    await page.getByText('Attempts is saved.').first().waitFor();
    await page.getByRole('button', { name: 'Back to the default' }).first().click();
    await page.getByText('Attempts has its default again.').first().waitFor();
    await eventually(
      () => attempts.inputValue(),
      (value) => value === '3',
    );
  });

  it('lists where I am signed in', async () => {
    const { page } = visitor;
    await visitor.open('/settings/sessions');
    await page.getByText('this one').waitFor();
  });
});
