import { readProductSettings } from './product-settings.ts';
import { startStack, type Stack } from './stack.ts';

declare global {
  var drmStack: Stack | undefined;
}

/** Starts the product unless E2E_BASE_URL names one; the address goes to the tests by the environment. */
export default async function globalSetup(): Promise<void> {
  const settings = readProductSettings();
  if (settings.baseUrl !== undefined) {
    if (settings.password === undefined) throw new Error('E2E_BASE_URL also needs E2E_PASSWORD');
    return;
  }
  const stack = await startStack();
  globalThis.drmStack = stack;
  process.env['E2E_BASE_URL'] = stack.baseUrl;
  process.env['E2E_EMAIL'] = stack.email;
  process.env['E2E_PASSWORD'] = stack.password;
}
