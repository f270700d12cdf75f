// Writes the project graph where the boundary rule reads it: without one the rule passes in silence.
import { createProjectGraphAsync } from '@nx/devkit';

const graph = await createProjectGraphAsync({ exitOnError: true });
console.log(`${Object.keys(graph.nodes).length} projects`);
process.exit(0); // nx keeps handles open
