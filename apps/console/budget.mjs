// Checks the built console against its download budgets: `node apps/console/budget.mjs [dist folder]`. Ends with 1 when one is broken.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const INITIAL_KB = 180;
const ROUTE_KB = 80;
const STYLES_KB = 20;

const folder = process.argv[2] ?? join(import.meta.dirname, '../../dist/apps/console');
const browser = existsSync(join(folder, 'browser')) ? join(folder, 'browser') : folder;
if (!existsSync(join(browser, 'index.html'))) {
  console.error(`No build in ${browser}. Run: npx nx run console:build`);
  process.exit(1);
}

const sizes = new Map();
const sizeOf = (file) => {
  if (!sizes.has(file))
    sizes.set(file, gzipSync(readFileSync(join(browser, file)), { level: 6 }).length);
  return sizes.get(file);
};
const code = (file) => readFileSync(join(browser, file), 'utf8');
const named = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** A file and everything it imports before it runs. */
function closure(files) {
  const seen = new Set();
  const queue = [...files];
  while (queue.length > 0) {
    const file = queue.pop();
    if (seen.has(file)) continue;
    seen.add(file);
    if (file.endsWith('.js')) {
      queue.push(...named(code(file), /(?:from|import)\s*["'`]\.?\/([\w.-]+\.js)["'`]/g));
    }
  }
  return seen;
}
const total = (files) => [...files].reduce((sum, file) => sum + sizeOf(file), 0);

const page = code('index.html');
const initial = closure(named(page, /(?:src|href)="\/?([\w.-]+\.(?:js|css))"/g));
initial.add('index.html');

const names = readdirSync(browser).filter((file) => file.endsWith('.js'));
const chunkOf = (selector) =>
  names.find((file) => new RegExp(`\\[\\[["'\`]${selector}["'\`]`).test(code(file)));
const firstList = closure([
  ...initial,
  ...['drm-shell', 'drm-device-list'].map(chunkOf).filter((file) => file !== undefined),
]);

const rows = [
  ['start: page, scripts, styles', total(initial), INITIAL_KB],
  ['start, shell and first list', total(firstList), INITIAL_KB],
  ['all styles', total(readdirSync(browser).filter((file) => file.endsWith('.css'))), STYLES_KB],
];
for (const file of names) {
  if (firstList.has(file) || !/selectors:\[\[["'`]drm-/.test(code(file))) continue;
  const own = total([...closure([file])].filter((part) => !firstList.has(part)));
  const selector = /selectors:\[\[["'`](drm-[\w-]+)/.exec(code(file))?.[1] ?? file;
  if (own > (ROUTE_KB / 2) * KB) rows.push([`later: ${selector} and what it needs`, own, ROUTE_KB]);
}

let isBroken = false;
for (const [what, bytes, limit] of rows) {
  const over = bytes > limit * KB;
  isBroken ||= over;
  console.log(
    `${over ? 'OVER' : 'ok  '} ${(bytes / KB).toFixed(1).padStart(7)} kB of ${limit} kB  ${what}`,
  );
}
process.exit(isBroken ? 1 : 0);
