// Dev and one-off runs: load .ts with SWC (decorator metadata), no build step.
import { registerHooks } from 'node:module';
import { transformSync } from '@swc/core';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
const swcrc = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));
delete swcrc.$schema;
registerHooks({
  load(url, context, next) {
    if (
      !url.startsWith('file:') ||
      !url.split('?')[0].endsWith('.ts') ||
      url.includes('/node_modules/')
    )
      return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      ...swcrc,
      filename,
      sourceMaps: 'inline',
      swcrc: false,
      configFile: false,
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
