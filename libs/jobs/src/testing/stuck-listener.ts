import { QueueFactory } from '../queue/queue-factory.ts';

/**
 * A process for tests to kill: hears one message, says so and never finishes it.
 * Arguments: queue, lock in milliseconds, PostgreSQL URL, Redis URL or nothing.
 */
const [name = '', lockMs = '', databaseUrl = '', redisUrl = ''] = process.argv.slice(2);
const factory = new QueueFactory({
  redisUrl: redisUrl === '' ? undefined : redisUrl,
  databaseUrl,
  onError: () => undefined,
});
factory.listen(
  name,
  () => {
    process.stdout.write('heard\n');
    return new Promise(() => undefined);
  },
  { lockDuration: Number(lockMs), stalledInterval: Number(lockMs) },
);
