// npm run docs: the environment table of README.md and docs/generated; with --check it changes nothing and fails when a
// document is not current.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_ENV, GATEWAY_ENV, MIGRATE_ENV, SIMULATOR_ENV, WORKER_ENV } from '@drm/config';
import { format, resolveConfig } from 'prettier';
import { permissionsDocument, problemsDocument } from './contract-tables.ts';
import { environmentTable } from './environment-table.ts';
import { replaceSection } from './markdown-section.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ENVIRONMENTS = [
  { process: 'api', schema: API_ENV },
  { process: 'worker', schema: WORKER_ENV },
  { process: 'gateway', schema: GATEWAY_ENV },
  { process: 'simulator', schema: SIMULATOR_ENV },
  { process: 'migrate', schema: MIGRATE_ENV },
];

function read(file: string): string | null {
  try {
    return readFileSync(join(ROOT, file), 'utf8');
  } catch {
    return null;
  }
}

async function formatted(file: string, text: string): Promise<string> {
  const path = join(ROOT, file);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

const readme = read('README.md') ?? '';
const documents: Record<string, string> = {
  'README.md': replaceSection(readme, 'environment', environmentTable(ENVIRONMENTS)),
  'docs/generated/permissions.md': permissionsDocument(),
  'docs/generated/problems.md': problemsDocument(),
};

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, text] of Object.entries(documents)) {
  const wanted = await formatted(file, text);
  if (read(file) === wanted) continue;
  stale.push(file);
  if (isCheck) continue;
  mkdirSync(dirname(join(ROOT, file)), { recursive: true });
  writeFileSync(join(ROOT, file), wanted);
}
if (isCheck && stale.length > 0) {
  console.error(`Not current: ${stale.join(', ')}. Run: npm run docs`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'all documents are current' : `written: ${stale.join(', ')}`);
