import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** What `npm start` takes from the environment; the rest is handed on to the processes as it is. */
export interface StartOptions {
  readonly port: number;
  /** Address every listener of ours binds to. */
  readonly bind: string;
  /** Absolute path. */
  readonly dataDir: string;
  /** The administrator's connection to a database of the user's own; absent: the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  readonly demo: boolean;
  readonly logsToTerminal: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const TRUE = ['1', 'true', 'yes', 'on', 'y', 'enabled'];
const FALSE = ['0', 'false', 'no', 'off', 'n', 'disabled'];

const DATABASE_URL = /^postgres(ql)?:\/\/[^/]+\/[^/?]+/;
const REDIS_URL = /^rediss?:\/\//;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Each check: what must hold, and what to say otherwise. Names of variables, never their values. */
function faultsOf(options: StartOptions, demo: string): string[] {
  const { port, bind, databaseUrl = 'postgresql://x/x', redisUrl = 'redis://' } = options;
  const passwordLength = options.adminPassword?.length ?? 12;
  const checks: readonly (readonly [isGood: boolean, otherwise: string])[] = [
    [
      Number.isInteger(port) && port >= 1 && port <= 65_535,
      'PORT must be a number from 1 to 65535',
    ],
    [isIP(bind) !== 0 || bind === 'localhost', 'DRM_BIND must be an IP address'],
    [
      DATABASE_URL.test(databaseUrl),
      'DATABASE_URL must look like postgresql://user:password@host:5432/database',
    ],
    [REDIS_URL.test(redisUrl), 'REDIS_URL must begin with redis:// or rediss://'],
    [EMAIL.test(options.adminEmail), 'DRM_ADMIN_EMAIL must be an e-mail address'],
    [
      passwordLength >= 12 && passwordLength <= 128,
      'DRM_ADMIN_PASSWORD must have 12 to 128 characters',
    ],
    [[...TRUE, ...FALSE].includes(demo), 'DRM_DEMO must be true or false'],
  ];
  return checks.filter(([isGood]) => !isGood).map(([, otherwise]) => otherwise);
}

/**
 * @param root the repository; a relative DRM_DATA_DIR is taken from here
 * @throws StartError with every fault at once
 */
export function readStartOptions(environment: Environment, root: string): StartOptions {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const demo = text('DRM_DEMO')?.toLowerCase() ?? 'true';
  const options: StartOptions = {
    port: Number(text('PORT') ?? 8080),
    bind: text('DRM_BIND') ?? '127.0.0.1',
    dataDir: resolve(root, text('DRM_DATA_DIR') ?? '.data'),
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    adminEmail: text('DRM_ADMIN_EMAIL') ?? 'admin@example.com',
    adminPassword: environment['DRM_ADMIN_PASSWORD'] || undefined,
    demo: TRUE.includes(demo),
    logsToTerminal: text('DRM_LOG') === 'stdout',
  };
  const faults = faultsOf(options, demo);
  if (faults.length > 0) throw new StartError(faults.join('\n'));
  return options;
}

/** The address by which this machine reaches a listener bound to `bind`, ready for a URL. */
export function reachable(bind: string): string {
  if (bind === '0.0.0.0' || bind === 'localhost') return '127.0.0.1';
  if (bind === '::') return '[::1]';
  return isIP(bind) === 6 ? `[${bind}]` : bind;
}
