import { describe, expect, it } from '@jest/globals';
import { findCycles, loadedModules } from './import-cycles.ts';

const graphOf = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe('import cycles', () => {
  it('finds none in a tree, and none in a diamond', () => {
    expect(findCycles(graphOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([]);
  });

  it('shows the way round', () => {
    expect(findCycles(graphOf({ main: ['a'], a: ['b'], b: ['c'], c: ['a'] }))).toEqual([
      ['a', 'b', 'c', 'a'],
    ]);
  });

  it('finds a file that imports itself', () => {
    expect(findCycles(graphOf({ a: ['a'] }))).toEqual([['a', 'a']]);
  });

  it('counts what is loaded at evaluation, not types and not import()', () => {
    const text = [
      "import './effect.ts';",
      "import { a, type A } from './value.ts';",
      "import type { B } from './type.ts';",
      "import { type C } from './all-types.ts';",
      "export * from './exported.ts';",
      "export type { D } from './exported-type.ts';",
      "const late = () => import('./late.ts');",
    ].join('\n');
    expect(loadedModules(text)).toEqual(['./effect.ts', './value.ts', './exported.ts']);
  });
});
