// npm test: everything, from lint to the browser. See tools/test/main.ts.
import { bootstrap } from '../start/bootstrap.mjs';

await bootstrap('tools/test/main.ts');
