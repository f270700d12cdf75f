import { startEmbeddedDatabase } from './test-servers.ts';

const database = await startEmbeddedDatabase();
console.log(`export TEST_DATABASE_URL=${database.url}`);
console.log('# Ctrl-C stops it; its data go with it');
const stop = (): void => void database.stop().then(() => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
process.on('disconnect', stop);
process.channel?.unref();
setInterval(() => undefined, 60_000);
