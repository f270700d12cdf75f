// Writes libs/protocols/registry/src/index.ts from the folders of libs/protocols; with --check it only compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { protocolFolders, registrySource } from './registry-source.ts';

const protocols = fileURLToPath(new URL('../../libs/protocols/', import.meta.url));
const target = `${protocols}registry/src/index.ts`;

const folders = protocolFolders(
  readdirSync(protocols, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name),
);
const options = await resolveConfig(target);
const source = await format(registrySource(folders), { ...options, parser: 'typescript' });

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== source) {
    process.stderr.write('libs/protocols/registry is not current: run tools/protocol-registry\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, source);
}
