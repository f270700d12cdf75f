import { fileURLToPath } from 'node:url';
import { runLint } from './lint-steps.ts';

const results = await runLint(fileURLToPath(new URL('../..', import.meta.url)), console.log);
const failed = results.filter(({ outcome }) => outcome === 'failed').length;
console.log(failed === 0 ? 'lint is clean' : `${failed} of ${results.length} checks failed`);
process.exit(failed === 0 ? 0 : 1);
