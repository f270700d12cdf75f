import { join } from 'node:path';
import type { AdminPassword } from './admin-account.ts';
import type { SecretStore } from './secrets.ts';
import type { StartOptions } from './start-options.ts';

export const APP_NAMES = ['simulator', 'api', 'worker', 'gateway'] as const;
export type AppName = (typeof APP_NAMES)[number];
export type Environment = Readonly<Record<string, string>>;

/** Ports nobody has to know: the standard ones, or others when those are taken. */
export interface SidePorts {
  readonly metrics: Readonly<Record<'api' | 'worker' | 'gateway', number>>;
  readonly health: Readonly<Record<'worker' | 'gateway' | 'simulator', number>>;
}

/** First choices; the apps' own default of METRICS_PORT is one number because each has a pod of its own elsewhere. */
export const STANDARD_PORTS: SidePorts = {
  metrics: { api: 9464, worker: 9465, gateway: 9466 },
  health: { worker: 8081, gateway: 8082, simulator: 8083 },
};

const ROLE_OF = { api: 'app_rw', worker: 'app_worker', gateway: 'app_gateway' } as const;

/** The address of the same database for one of our roles, with the password this installation gave it. */
export function roleUrl(administratorUrl: string, role: string, password: string): string {
  const url = new URL(administratorUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

export interface Installation {
  readonly root: string;
  readonly options: StartOptions;
  readonly ports: SidePorts;
  /** The administrator's connection: used by migrations, derived from by the roles'. */
  readonly administratorUrl: string;
  readonly secrets: SecretStore;
  /** First UDP port of the simulated devices; null: without the demo, or the caller's SIMULATOR_PORT holds. */
  readonly simulatorPort: number | null;
}

const simulatorPortOf = ({ simulatorPort }: Installation): Record<string, string> =>
  simulatorPort === null ? {} : { SIMULATOR_PORT: String(simulatorPort) };

const FOR_US_ONLY =
  /^(DATABASE_(MIGRATION_|PLATFORM_)?URL|DRM_ADMIN_.*|DRM_DATA_DIR|PORT|METRICS_PORT|HEALTH_PORT|npm_.*|NODE_OPTIONS|NODE_CHANNEL_.*)$/;

/** What every process of ours gets: the caller's environment without what is not for it. */
function inherited(environment: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    // The administrator's database and password are for the migration alone; NODE_OPTIONS was meant for us.
    const isForUsOnly = FOR_US_ONLY.test(name);
    if (value !== undefined && !isForUsOnly) kept[name] = value;
  }
  return kept;
}

export function migrationEnvironment(
  installation: Installation,
  admin: AdminPassword,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const { options, secrets } = installation;
  return {
    ...inherited(environment),
    NODE_ENV: 'production',
    DATABASE_MIGRATION_URL: installation.administratorUrl,
    APP_RW_PASSWORD: secrets.password('app_rw'),
    APP_WORKER_PASSWORD: secrets.password('app_worker'),
    APP_GATEWAY_PASSWORD: secrets.password('app_gateway'),
    APP_PLATFORM_PASSWORD: secrets.password('app_platform'),
    KEK_FILE: environment['KEK_FILE'] ?? secrets.keyEncryptionKeyFile(),
    DRM_ADMIN_EMAIL: options.adminEmail,
    ...(admin.kind === 'chosen-earlier' ? {} : { DRM_ADMIN_PASSWORD: admin.password }),
    DRM_DEMO: String(options.demo),
    DRM_BIND: options.bind,
    ...simulatorPortOf(installation),
  };
}

export function appEnvironment(
  app: AppName,
  installation: Installation,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const { options, ports, secrets, administratorUrl } = installation;
  const url = (role: string): string => roleUrl(administratorUrl, role, secrets.password(role));
  const common: Record<string, string> = {
    ...inherited(environment),
    NODE_ENV: 'production',
    DRM_BIND: options.bind,
    DRM_DEMO: String(options.demo),
  };
  if (app === 'simulator') {
    const own = simulatorPortOf(installation);
    return { ...common, ...own, HEALTH_PORT: String(ports.health.simulator) };
  }
  const backend: Record<string, string> = {
    ...common,
    DATABASE_URL: url(ROLE_OF[app]),
    METRICS_PORT: String(ports.metrics[app]),
    KEK_FILE: environment['KEK_FILE'] ?? secrets.keyEncryptionKeyFile(),
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
  };
  if (app === 'gateway') return { ...backend, HEALTH_PORT: String(ports.health.gateway) };
  if (app === 'worker') {
    return {
      ...backend,
      HEALTH_PORT: String(ports.health.worker),
      // Somebody waits behind Ctrl-C; what is cut off is taken up again at the next start.
      DRAIN_SECONDS: '10',
      ...pick(environment, 'DRAIN_SECONDS'),
      // One machine for everything: simulators and agents on it are devices like others.
      ALLOW_LOOPBACK_DEVICES: 'true',
      ...pick(environment, 'ALLOW_LOOPBACK_DEVICES'),
    };
  }
  return {
    ...backend,
    PORT: String(options.port),
    DATABASE_PLATFORM_URL: url('app_platform'),
    JWT_PRIVATE_KEY_FILE: environment['JWT_PRIVATE_KEY_FILE'] ?? secrets.signingKeyFile(),
    CONSOLE_DIR: environment['CONSOLE_DIR'] ?? join(installation.root, 'dist/apps/console/browser'),
  };
}

function pick(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): Record<string, string> {
  const value = environment[name];
  return value === undefined ? {} : { [name]: value };
}
