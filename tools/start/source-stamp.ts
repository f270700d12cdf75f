import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LEFT_OUT = new Set(['node_modules', 'dist', '.angular', 'test', 'testing']);
const isTest = (name: string): boolean => /\.(int-|e2e-)?spec\.ts$/.test(name);

function* filesBelow(path: string): Generator<string> {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (LEFT_OUT.has(entry.name) || isTest(entry.name)) continue;
    yield* filesBelow(join(path, entry.name));
  }
}

/**
 * One hash over names and contents of all files below `paths` (tests left out). Contents, not times: a checkout that
 * changes nothing costs no build.
 */
export function hashSources(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesBelow(join(root, path))) {
      const content = readFileSync(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Remembers for which sources something was built. */
export class SourceStamp {
  constructor(private readonly file: string) {}

  matches(hash: string): boolean {
    return existsSync(this.file) && readFileSync(this.file, 'utf8') === hash;
  }

  write(hash: string): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, hash);
  }
}
