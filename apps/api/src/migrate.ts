import 'reflect-metadata';
import { MIGRATE_ENV, readEnvironmentOrExit, type MigrateEnvironment } from '@drm/config';
import { prepareQueueSchema } from '@drm/jobs';
import { Migrator, type AppPasswords } from '@drm/persistence';
import { seed } from './seed/seed.ts';

const COMMANDS = ['up', 'down', 'status', 'seed'] as const;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const passwordsOf = (environment: MigrateEnvironment): AppPasswords => ({
  ...(environment.APP_RW_PASSWORD && { app_rw: environment.APP_RW_PASSWORD }),
  ...(environment.APP_WORKER_PASSWORD && { app_worker: environment.APP_WORKER_PASSWORD }),
  ...(environment.APP_GATEWAY_PASSWORD && { app_gateway: environment.APP_GATEWAY_PASSWORD }),
  ...(environment.APP_PLATFORM_PASSWORD && { app_platform: environment.APP_PLATFORM_PASSWORD }),
});

/** `migrate up|down|status|seed`: roles, schema and policies, and the first tenant. */
async function main(command: string | undefined): Promise<number> {
  if (!COMMANDS.some((known) => known === command)) {
    process.stderr.write(`Usage: npm run migrate -- ${COMMANDS.join('|')}\n`);
    return 2;
  }
  const environment = readEnvironmentOrExit(MIGRATE_ENV);
  const migrator = new Migrator(environment.DATABASE_MIGRATION_URL);
  if (command === 'up') {
    const done = await migrator.up(passwordsOf(environment), prepareQueueSchema);
    say(done.length === 0 ? 'The schema is current.' : `Applied: ${done.join(', ')}`);
  } else if (command === 'down') {
    const undone = await migrator.down();
    say(undone === null ? 'Nothing to undo.' : `Undone: ${undone}`);
  } else if (command === 'status') {
    for (const state of await migrator.status())
      say(`${state.applied ? 'applied' : 'missing'}  ${state.name}`);
  } else {
    await seed(environment, say);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
