import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { readProductSettings } from '@drm/testing/product';
import { findBrowser } from './find-browser.ts';

const browser = findBrowser();

/** Starts Chromium quietly; the sandbox cannot be had by root. */
export function launch(): Promise<Browser> {
  if (!('path' in browser)) throw new Error(browser.missing);
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: browser.path,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One person at one browser: a fresh context, and everything that went wrong in it. */
export class Visitor {
  /** Faults no page may have: script errors, policy violations, dialogs. */
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async arrive(
    started: Browser,
    options: {
      readonly theme?: 'dark' | 'light';
      readonly width?: number;
      readonly height?: number;
    } = {},
  ): Promise<Visitor> {
    const context = await started.newContext({
      baseURL: readProductSettings().baseUrl ?? '',
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      colorScheme: options.theme ?? 'light',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const visitor = new Visitor(context, await context.newPage());
    visitor.watch(visitor.page);
    return visitor;
  }

  /** A second tab of the same browser. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    this.watch(page);
    return page;
  }

  async signIn(email?: string, password?: string): Promise<void> {
    const settings = readProductSettings();
    await this.page.goto('/login');
    await this.page.getByLabel('E-mail').fill(email ?? settings.email);
    await this.page
      .getByLabel('Password', { exact: true })
      .fill(password ?? settings.password ?? '');
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL(/\/t\//);
  }

  /** Opens an address of the tenant that is signed in, the way a link does. */
  async open(path: string): Promise<void> {
    const slug = /\/t\/([^/?#]+)/.exec(this.page.url())?.[1];
    await this.page.goto(slug ? `/t/${slug}${path}` : path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  leave(): Promise<void> {
    return this.context.close();
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => void this.faults.push(`script: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      const text = message.text();
      if (/Content.Security.Policy|TrustedHTML|Trusted Type/i.test(text)) {
        this.faults.push(`policy: ${text}`);
      } else if (message.type() === 'error' && !/Failed to load resource/.test(text)) {
        this.faults.push(`console: ${text}`);
      }
    });
  }
}
