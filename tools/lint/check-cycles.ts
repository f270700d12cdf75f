import { fileURLToPath } from 'node:url';
import { findCycles, readImportGraph } from './import-cycles.ts';

const graph = readImportGraph(fileURLToPath(new URL('../..', import.meta.url)));
const cycles = findCycles(graph);
for (const cycle of cycles) console.error(`circular import: ${cycle.join(' -> ')}`);
console.log(`${graph.size} files, ${cycles.length} circular imports`);
process.exit(cycles.length === 0 ? 0 : 1);
