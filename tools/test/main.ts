// Lint, then every test there is: unit and integration (PostgreSQL 18 and the system's, queues on PostgreSQL and Redis),
// console, browser. Ends with one line, `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLint, type LintResult } from '../lint/lint-steps.ts';
import { JestRunner } from './run-jest.ts';
import { isGood, skippedPart, summaryLines, type Tally } from './summary.ts';
import { provideSystemPackages } from './system-packages.ts';
import {
  installedPostgres,
  startDatabaseOf,
  startEmbeddedDatabase,
  startRedis,
  type TestService,
} from './test-servers.ts';

const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const E2E = 'apps/console-e2e/jest.config.mjs';

const say = (line: string): void => console.log(line);
const services: TestService[] = [];
const folder = mkdtempSync(join(tmpdir(), 'drm-test-results-'));
const jest = new JestRunner(ROOT, folder);

async function cleanUp(): Promise<void> {
  jest.end('SIGKILL');
  await Promise.allSettled(services.splice(0).map((service) => service.stop()));
  rmSync(folder, { recursive: true, force: true });
}

function interrupt(): void {
  say('\nStopping …');
  void cleanUp().then(() => process.exit(130));
}

async function keep(starting: Promise<TestService>): Promise<TestService> {
  const service = await starting;
  services.push(service);
  return service;
}

function tallyOfLint(results: readonly LintResult[]): Tally {
  const named = (outcome: LintResult['outcome']): string[] =>
    results.filter((result) => result.outcome === outcome).map(({ name }) => name);
  return {
    part: 'lint',
    passed: named('passed').length,
    failed: named('failed').length,
    skipped: named('skipped').length,
    skippedNames: named('skipped').map((name) => `lint: ${name}`),
    failedNames: named('failed').map((name) => `lint: ${name}`),
    seconds: results.reduce((total, { seconds }) => total + seconds, 0),
  };
}

/** The end to end tests have built the console. */
function checkBudgets(): Tally {
  const { status } = spawnSync(process.execPath, ['apps/console/budget.mjs'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const isKept = status === 0;
  return {
    part: 'download budgets',
    passed: isKept ? 1 : 0,
    failed: isKept ? 0 : 1,
    skipped: 0,
    skippedNames: [],
    failedNames: isKept ? [] : ['a download budget of the console is exceeded'],
    seconds: 0,
  };
}

async function runAll(): Promise<Tally[]> {
  const { found, missing } = provideSystemPackages(say);
  const tallies: Tally[] = missing.map(({ name, skips }) =>
    skippedPart(skips, `${name} is not installed`),
  );

  say('\n== lint');
  tallies.push(tallyOfLint(await runLint(ROOT, say)));

  say('\n== unit and integration tests');
  const database = await keep(startEmbeddedDatabase());
  const redisProgram = found.get('redis-server');
  const redis = redisProgram === undefined ? null : await keep(startRedis(redisProgram));
  const chromium = found.get('chromium');
  const env = {
    TEST_DATABASE_URL: database.url,
    ...(redis === null ? {} : { TEST_REDIS_URL: redis.url }),
    ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
  };
  tallies.push(
    await jest.run({
      part: 'unit and integration',
      config: 'jest.config.mjs',
      args: ['--maxWorkers=2'],
      env,
      limitSeconds: 480,
    }),
  );

  const [system] = installedPostgres();
  if (system !== undefined) {
    say(`\n== database tests on PostgreSQL ${system.version}`);
    const other = await keep(startDatabaseOf(system.bin));
    tallies.push(
      await jest.run({
        part: `database on PostgreSQL ${system.version}`,
        config: 'jest.config.mjs',
        args: ['--maxWorkers=2', 'libs/persistence/.*int-spec'],
        env: { ...env, TEST_DATABASE_URL: other.url },
        limitSeconds: 240,
      }),
    );
    await other.stop();
    services.splice(services.indexOf(other), 1);
  }

  say('\n== console');
  tallies.push(
    await jest.run({
      part: 'console',
      config: 'apps/console/jest.config.mjs',
      args: ['--maxWorkers=2'],
      limitSeconds: 240,
    }),
  );

  say('\n== end to end: the started product, by HTTP and in the browser');
  tallies.push(
    await jest.run({
      part: 'end to end',
      config: E2E,
      args: ['--runInBand'],
      env,
      limitSeconds: 480,
    }),
  );
  say('\n== download budgets of the console');
  tallies.push(checkBudgets());
  return missing.length > 0 && process.env['CI'] === 'true'
    ? [...tallies, missingInCi(missing.map(({ name }) => name))]
    : tallies;
}

/** On a build server a skip is a gap nobody looks at. */
const missingInCi = (names: readonly string[]): Tally => ({
  ...skippedPart('programs of the system', ''),
  skipped: 0,
  skippedNames: [],
  failed: 1,
  failedNames: [`CI=true, but not installed: ${names.join(', ')}`],
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
process.on('disconnect', interrupt);
process.channel?.unref();

let tallies: Tally[] = [];
try {
  tallies = await runAll();
} catch (error) {
  console.error(error);
  tallies.push({
    ...skippedPart('run', ''),
    skipped: 0,
    skippedNames: [],
    failed: 1,
    failedNames: ['the run itself broke; see above'],
  });
}
await cleanUp();
say('');
for (const line of summaryLines(tallies)) say(line);
process.exit(isGood(tallies) ? 0 : 1);
