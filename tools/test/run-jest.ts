import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tallyOfJest, type JestReport, type Tally } from './summary.ts';

export interface JestPart {
  readonly part: string;
  readonly config: string;
  /** More arguments: paths, --runInBand … */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A run that hangs is ended and counts as failed. */
  readonly limitSeconds: number;
}

/** Variables of a developer's shell that would change what is tested. */
const NOT_FOR_TESTS =
  /^(DATABASE_|REDIS_URL$|DRM_|PORT$|BIND$|LOG_LEVEL$|METRICS_PORT$|HEALTH_PORT$|KEK_FILE$|JWT_|E2E_|TEST_|NODE_OPTIONS$|NODE_ENV$|NODE_CHANNEL_|npm_)/;

export function testEnvironment(
  own: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !NOT_FOR_TESTS.test(name)) kept[name] = value;
  }
  return { ...kept, ...own };
}

/** Runs jest configurations one after the other; knows the one at work, to end it. */
export class JestRunner {
  private child: ChildProcess | null = null;

  constructor(
    private readonly root: string,
    /** For the result files. */
    private readonly folder: string,
  ) {}

  async run({ part, config, args = [], env = {}, limitSeconds }: JestPart): Promise<Tally> {
    const started = performance.now();
    const result = join(this.folder, `${part.replace(/\W+/g, '-')}.json`);
    const child = spawn(
      process.execPath,
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
        ...['node_modules/jest/bin/jest.js', '-c', config, '--json', '--outputFile', result],
        ...args,
      ],
      {
        cwd: this.root,
        env: testEnvironment(env),
        stdio: ['ignore', 'inherit', 'inherit'],
        detached: true, // a group: its workers and what they started end with it
      },
    );
    this.child = child;
    const limit = setTimeout(() => this.end('SIGKILL'), limitSeconds * 1000);
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(127));
      child.once('exit', (code) => resolve(code));
    });
    clearTimeout(limit);
    this.child = null;
    const report = existsSync(result)
      ? (JSON.parse(readFileSync(result, 'utf8')) as JestReport)
      : null;
    const seconds = (performance.now() - started) / 1000;
    return tallyOfJest(part, report, exitCode, this.root, seconds);
  }

  /** Ends the run under way with everything in its process group. */
  end(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // gone already
    }
  }
}
