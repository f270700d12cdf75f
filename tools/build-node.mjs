// One-file ESM bundles of the Node apps: esbuild bundles the workspace's code, SWC compiles it (decorator metadata),
// npm packages stay external.
// Usage: node tools/build-node.mjs [app ...]     (all apps when none is named)
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';
import { transformSync } from '@swc/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The bundles of each app: name of the file in dist/apps/<app> and its entry below apps/<app>/src. */
const ENTRIES = {
  api: { main: 'main.ts', migrate: 'migrate.ts' },
  worker: { main: 'main.ts' },
  gateway: { main: 'main.ts' },
  simulator: { main: 'main.ts' },
};
export const NODE_APPS = Object.keys(ENTRIES);

function swcOptions() {
  const options = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8'));
  delete options.$schema;
  return { ...options, sourceMaps: 'inline', swcrc: false, configFile: false };
}

const externals = {
  name: 'npm-packages-stay-outside',
  setup(context) {
    context.onResolve({ filter: /^[^./]/ }, (argument) =>
      argument.path.startsWith('@drm/') || argument.kind === 'entry-point'
        ? undefined
        : { external: true, path: argument.path },
    );
  },
};

function compiler(options) {
  return {
    name: 'swc',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
        loader: 'js',
        contents: transformSync(readFileSync(path, 'utf8'), { ...options, filename: path }).code,
      }));
    },
  };
}

/**
 * Bundles apps into dist/apps/<app>/.
 * @param {readonly string[]} apps names of apps; an app without sources yet is left out
 * @returns {Promise<string[]>} the apps that were built
 */
export async function buildApps(apps = NODE_APPS) {
  const options = swcOptions();
  const built = [];
  for (const app of apps) {
    const entries = ENTRIES[app];
    if (!entries) throw new Error(`There is no app "${app}"; known: ${NODE_APPS.join(', ')}`);
    const entryPoints = Object.entries(entries)
      .map(([out, file]) => ({ out, in: join(ROOT, 'apps', app, 'src', file) }))
      .filter((entry) => existsSync(entry.in));
    if (entryPoints.length === 0) continue;
    await build({
      absWorkingDir: ROOT,
      entryPoints,
      outdir: join('dist', 'apps', app),
      bundle: true,
      splitting: true, // what main and migrate share is written once; dynamic imports stay lazy
      chunkNames: 'chunks/[name]-[hash]',
      platform: 'node',
      format: 'esm',
      target: 'node24',
      sourcemap: true,
      keepNames: true,
      conditions: ['@drm/source'],
      loader: { '.json': 'json', '.sql': 'text', '.csv': 'text', '.txt': 'text' },
      logLevel: 'warning',
      plugins: [externals, compiler(options)],
    });
    built.push(app);
  }
  return built;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const started = performance.now();
  const built = await buildApps(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  console.log(
    `built ${built.join(', ') || 'nothing'} in ${Math.round(performance.now() - started)} ms`,
  );
}
