import { mkdir } from 'node:fs/promises';
import { launch, Visitor } from './support/browser.ts';
import { readProductSettings } from '@drm/testing/product';

// Writes docs/console.png for the README from a running product (E2E_BASE_URL, E2E_PASSWORD).
const OUT = new URL('../../../docs/', import.meta.url).pathname;

const { baseUrl, password } = readProductSettings();
if (baseUrl === undefined || password === undefined) {
  throw new Error('set E2E_BASE_URL and E2E_PASSWORD of a running product');
}
const browser = await launch();
try {
  const visitor = await Visitor.arrive(browser, { width: 1280, height: 800 });
  await visitor.signIn();
  const { page } = visitor;
  await visitor.open('/devices');
  await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
  await page.getByRole('button', { name: 'Run operation' }).click();
  await page.getByRole('button', { name: 'sysName' }).click();
  await page.getByRole('button', { name: 'sysUpTime' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
  await page.getByText('Succeeded', { exact: true }).first().waitFor();
  await page.waitForTimeout(3_000);
  await mkdir(OUT, { recursive: true });
  await page.screenshot({ path: `${OUT}console.png` });
  console.log(`${OUT}console.png`);
} finally {
  await browser.close();
}
