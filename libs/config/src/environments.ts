import * as z from 'zod';

const port = (standard: number, description: string) =>
  z.coerce.number().int().min(0).max(65_535).default(standard).meta({ description });
const count = (standard: number, min: number, max: number, description: string) =>
  z.coerce.number().int().min(min).max(max).default(standard).meta({ description });
const postgres = (description: string) =>
  z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql:// (no driver suffix)')
    .meta({ description });
const redis = z
  .string()
  .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
  .optional()
  .meta({ description: 'Redis for the queues; without it the queues live in PostgreSQL' });

/** What every process reads. */
const process_ = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production').meta({
    description: 'development allows what production refuses, e.g. missing keys',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'least level that is logged' }),
  DRM_BIND: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'address every listener binds to' }),
};

const database = {
  DATABASE_URL: postgres("PostgreSQL as the app's own role; `npm start`: as its administrator"),
  DATABASE_POOL_SIZE: count(10, 1, 200, 'connections a process may hold'),
};

const keys = {
  KEK_FILE: z
    .string()
    .optional()
    .meta({ description: 'file with the 32-byte key (hex) that wraps the tenants keys' }),
};

export const API_ENV = z.object({
  ...process_,
  ...database,
  ...keys,
  DATABASE_PLATFORM_URL: postgres(
    'PostgreSQL as role app_platform: read-only pages of platform administrators',
  ).optional(),
  PORT: port(8080, 'HTTP port of the API and the console'),
  METRICS_PORT: port(9464, 'Prometheus metrics; never proxied'),
  REDIS_URL: redis,
  JWT_PRIVATE_KEY_FILE: z.string().optional().meta({
    description: 'PEM file with the P-256 key that signs access tokens; required in production',
  }),
  JWT_EXPIRES_IN: count(600, 60, 86_400, 'life of an access token, seconds'),
  REFRESH_IDLE_SECONDS: count(28_800, 60, 2_592_000, 'a session ends when unused for this long'),
  REFRESH_ABSOLUTE_SECONDS: count(
    604_800,
    60,
    31_536_000,
    'a session ends after this long in any case',
  ),
  LOGIN_FREE_TRIES: count(5, 1, 100, 'wrong passwords before the next try is delayed'),
  PUBLIC_URL: z
    .url()
    .optional()
    .meta({ description: 'address people use; links in invitations begin with it' }),
  CORS_ORIGINS: z
    .string()
    .default('')
    .meta({ description: 'other origins of the console, separated by commas; never *' }),
  TRUST_PROXY: z
    .stringbool()
    .default(false)
    .meta({ description: 'take the client address from X-Forwarded-For' }),
  ENABLE_SSE: z
    .stringbool()
    .default(true)
    .meta({ description: 'live event streams; false: 404, the console polls' }),
  ENABLE_DOCS: z
    .stringbool()
    .default(true)
    .meta({ description: 'serve /docs, /redoc and /openapi.json' }),
  BODY_LIMIT_BYTES: count(1_048_576, 1024, 104_857_600, 'largest JSON body'),
  IMPORT_LIMIT_BYTES: count(104_857_600, 1024, 1_073_741_824, 'largest CSV upload'),
  CONSOLE_DIR: z
    .string()
    .optional()
    .meta({ description: 'folder of the built console, served at /' }),
  API_BASE_URL: z
    .string()
    .default('')
    .meta({ description: 'address of the API for the console; empty: same origin' }),
  DRM_DEMO: z
    .stringbool()
    .default(true)
    .meta({ description: 'demo tenant with simulated devices' }),
});

export const WORKER_ENV = z.object({
  ...process_,
  ...database,
  ...keys,
  HEALTH_PORT: port(8081, 'health of this process'),
  METRICS_PORT: port(9464, 'Prometheus metrics'),
  REDIS_URL: redis,
  WORKER_CONCURRENCY: count(200, 1, 2000, 'executions at once'),
  LEASE_SECONDS: count(45, 3, 300, 'lease of a running execution'),
  LEASE_GRACE_SECONDS: count(15, 1, 120, 'wait after a lease before it is taken'),
  DISPATCH_TIMEOUT_SECONDS: count(
    30,
    2,
    300,
    'a dispatched execution nobody began goes back to the queue',
  ),
  DRAIN_SECONDS: count(60, 1, 600, 'time running executions get at shutdown'),
  DISPATCH_TICK_MS: count(100, 10, 5000, 'pause between two picks while there is work'),
  DISPATCH_IDLE_MS: count(500, 10, 10_000, 'pause between two picks when idle'),
  ALLOW_LOOPBACK_DEVICES: z
    .stringbool()
    .default(false)
    .meta({ description: 'devices may have loopback addresses (demo, tests)' }),
});

export const GATEWAY_ENV = z.object({
  ...process_,
  ...database,
  HEALTH_PORT: port(8082, 'health of this process'),
  METRICS_PORT: port(9464, 'Prometheus metrics'),
});

export const SIMULATOR_ENV = z.object({
  LOG_LEVEL: process_.LOG_LEVEL,
  DRM_BIND: process_.DRM_BIND,
  HEALTH_PORT: port(8083, 'health of this process'),
  SIMULATOR_PORT: port(16_100, 'UDP port of the first simulated agent; the others follow'),
  SIMULATOR_AGENTS: count(25, 1, 50_000, 'simulated SNMP agents'),
  SIMULATOR_SEED: count(1, 0, 2 ** 31, 'same seed, same devices'),
});

export const MIGRATE_ENV = z.object({
  NODE_ENV: process_.NODE_ENV,
  DATABASE_MIGRATION_URL: postgres(
    'PostgreSQL as a login that may create roles; used by migrate only',
  ),
  APP_RW_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .meta({ description: 'password of role app_rw (api)' }),
  APP_WORKER_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .meta({ description: 'password of role app_worker' }),
  APP_GATEWAY_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .meta({ description: 'password of role app_gateway' }),
  APP_PLATFORM_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .meta({ description: 'password of role app_platform' }),
  ...keys,
  DRM_ADMIN_EMAIL: z
    .email()
    .default('admin@example.com')
    .meta({ description: 'first administrator' }),
  DRM_ADMIN_PASSWORD: z
    .string()
    .min(12)
    .max(128)
    .optional()
    .meta({ description: 'password of the first administrator; generated when absent' }),
  DRM_DEMO: z
    .stringbool()
    .default(true)
    .meta({ description: 'demo tenant with simulated devices' }),
  DRM_BIND: process_.DRM_BIND,
  SIMULATOR_PORT: SIMULATOR_ENV.shape.SIMULATOR_PORT,
  SIMULATOR_AGENTS: SIMULATOR_ENV.shape.SIMULATOR_AGENTS,
  SIMULATOR_SEED: SIMULATOR_ENV.shape.SIMULATOR_SEED,
});

export type ApiEnvironment = z.output<typeof API_ENV>;
export type WorkerEnvironment = z.output<typeof WORKER_ENV>;
export type GatewayEnvironment = z.output<typeof GATEWAY_ENV>;
export type SimulatorEnvironment = z.output<typeof SIMULATOR_ENV>;
export type MigrateEnvironment = z.output<typeof MIGRATE_ENV>;
