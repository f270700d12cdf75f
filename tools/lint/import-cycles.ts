import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** Which file loads which, type-only imports left out: they are gone when the program runs. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const isSource = (name: string): boolean =>
  name.endsWith('.ts') && !name.endsWith('.d.ts') && !/\.(int-|e2e-)?spec\.ts$/.test(name);

function sourcesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.angular'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesBelow(path);
    return isSource(entry.name) ? [path] : [];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (clause === undefined) return false; // for its effects
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

/** Module names that a text loads when it is evaluated; `import()` comes later and makes no cycle. */
export function loadedModules(text: string): string[] {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    return isTypeOnly(statement) ? [] : [moduleSpecifier.text];
  });
}

/** Faces of our libs: package name to index file. */
function faces(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const parent of ['libs', 'libs/protocols']) {
    for (const name of readdirSync(join(root, parent))) {
      const manifest = join(root, parent, name, 'package.json');
      if (!existsSync(manifest)) continue;
      const { name: packageName } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
      found.set(packageName, join(root, parent, name, 'src/index.ts'));
    }
  }
  return found;
}

function resolveImport(
  from: string,
  name: string,
  libs: ReadonlyMap<string, string>,
): string | null {
  if (!name.startsWith('.')) return libs.get(name) ?? null;
  const path = resolve(dirname(from), name);
  // The console's builder lets the suffix be left out.
  return (
    [path, `${path}.ts`, join(path, 'index.ts')].find(
      (file) => file.endsWith('.ts') && existsSync(file),
    ) ?? null
  );
}

export function readImportGraph(root: string): ImportGraph {
  const libs = faces(root);
  const files = [...sourcesBelow(join(root, 'libs')), ...sourcesBelow(join(root, 'apps'))];
  return new Map(
    files.map((file) => [
      relative(root, file),
      loadedModules(readFileSync(file, 'utf8'))
        .map((name) => resolveImport(file, name, libs))
        .filter((target) => target !== null)
        .map((target) => relative(root, target)),
    ]),
  );
}

/** One cycle for each knot of files that load one another, as the way round: `a, b, a`. */
export function findCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const visit = (file: string): void => {
    if (onPath.has(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    done.add(file);
    path.push(file);
    onPath.add(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    onPath.delete(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
