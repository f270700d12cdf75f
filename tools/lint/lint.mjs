// npm run lint: types, eslint with the module boundaries and their canary, circular imports, formatting, generated files.
import { runOnPinnedNode } from '../start/bootstrap.mjs';

runOnPinnedNode('tools/lint/main.ts');
