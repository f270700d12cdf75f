// npm start: the whole product on this machine. See README.md for what it takes from the environment.
import { bootstrap } from './bootstrap.mjs';

await bootstrap('tools/start/main.ts');
