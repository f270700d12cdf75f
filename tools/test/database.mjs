// A throw-away PostgreSQL for running single integration tests: prints the TEST_DATABASE_URL to use.
import { runOnPinnedNode } from '../start/bootstrap.mjs';

runOnPinnedNode('tools/test/database-main.ts');
