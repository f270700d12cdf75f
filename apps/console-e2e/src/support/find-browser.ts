import { existsSync } from 'node:fs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a Chromium, or why there is none. */
export function findBrowser(): { readonly path: string } | { readonly missing: string } {
  const given = process.env['CHROMIUM_PATH'];
  if (given) {
    return existsSync(given)
      ? { path: given }
      : { missing: `CHROMIUM_PATH=${given}: no such file` };
  }
  const path = CANDIDATES.find((candidate) => existsSync(candidate));
  return path ? { path } : { missing: 'no Chromium found; install it or set CHROMIUM_PATH' };
}
