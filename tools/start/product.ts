import { join } from 'node:path';
import { AdminAccount, type AdminPassword } from './admin-account.ts';
import {
  APP_NAMES,
  appEnvironment,
  migrationEnvironment,
  STANDARD_PORTS,
  type AppName,
  type Installation,
  type SidePorts,
} from './app-environment.ts';
import { consoleTarget, nodeTarget } from './build-apps.ts';
import type { DataFolder } from './data-folder.ts';
import { findPostgresPlace, startPostgres, type PostgresPlace } from './embedded-postgres.ts';
import type { RunningPostgres } from './embedded-postgres.ts';
import { isPortFree, PortPool } from './free-port.ts';
import { rotateLog } from './log-file.ts';
import { runMigrations } from './migrations.ts';
import type { Progress } from './progress.ts';
import { SecretStore } from './secrets.ts';
import { simulatorPort } from './simulator-port.ts';
import { StartError } from './start-error.ts';
import { reachable, type StartOptions } from './start-options.ts';
import { RESTART_POLICY, restartPause, SupervisedProcess } from './supervised-process.ts';

const DATABASE_PORT = 45_920;

export interface ReadyProduct {
  readonly url: string;
  readonly admin: AdminPassword;
  readonly passwordFile: string;
  /** Where PostgreSQL keeps its files; null with a database of the user's own. */
  readonly clusterDir: string | null;
}

/** Everything `npm start` runs, from the build to the last process; started once and stopped once. */
export class Product {
  private readonly abort = new AbortController();
  private readonly processes: SupervisedProcess[] = [];
  private postgres: RunningPostgres | null = null;
  private postgresFailures = 0;
  private postgresRestart: NodeJS.Timeout | undefined;

  constructor(
    private readonly root: string,
    private readonly options: StartOptions,
    private readonly folder: DataFolder,
    private readonly progress: Progress,
    /** Something does not come up again: the caller stops the rest. */
    private readonly fail: (reason: string) => void,
  ) {}

  /** @throws StartError */
  async start(): Promise<ReadyProduct> {
    const pool = new PortPool(this.options.bind);
    pool.reserve(this.options.port);
    // The console takes longest and needs no database: its builder works beside the rest.
    const consoleBuilt = this.build(consoleTarget(this.root));
    consoleBuilt.catch(() => undefined); // awaited below; a failure before that is not unhandled
    await this.build(nodeTarget(this.root));
    const secrets = new SecretStore(this.folder.secrets);
    const { administratorUrl, place } = await this.openDatabase(secrets);
    const installation: Installation = {
      root: this.root,
      options: this.options,
      ports: await chooseSidePorts(pool),
      administratorUrl,
      secrets,
      simulatorPort:
        this.options.demo && process.env['SIMULATOR_PORT'] === undefined
          ? await simulatorPort(join(this.folder.path, 'simulator-port'), this.options.bind)
          : null,
    };
    const account = new AdminAccount(secrets, this.options.adminEmail);
    const admin = account.decide(this.options.adminPassword);
    await this.migrate(installation, admin);
    await consoleBuilt;
    await this.startProcesses(installation);
    account.remember(admin);
    return {
      url: `http://${reachable(this.options.bind)}:${this.options.port}`,
      admin,
      passwordFile: account.passwordFile,
      clusterDir: place?.dataDir ?? null,
    };
  }

  private async build(target: ReturnType<typeof nodeTarget>): Promise<void> {
    if (target.isCurrent) return;
    await this.progress.step(target.title, () => target.build(this.abort.signal));
    this.abort.signal.throwIfAborted();
  }

  private async openDatabase(
    secrets: SecretStore,
  ): Promise<{ administratorUrl: string; place: PostgresPlace | null }> {
    const { databaseUrl } = this.options;
    if (databaseUrl !== undefined) return { administratorUrl: databaseUrl, place: null };
    const password = secrets.password('postgres');
    const port = await new PortPool('127.0.0.1').take(DATABASE_PORT);
    const place = await findPostgresPlace(this.folder.path);
    await this.progress.step('start PostgreSQL', () => this.startPostgres(place, port, password));
    if (!place.isInDataFolder) {
      this.progress.say(
        `  PostgreSQL runs as user "${place.account.name ?? ''}", which may not enter ${this.folder.path}; ` +
          `its files lie in ${place.dataDir}`,
      );
    }
    this.abort.signal.throwIfAborted();
    return { administratorUrl: `postgresql://postgres:${password}@127.0.0.1:${port}/drm`, place };
  }

  private async startPostgres(place: PostgresPlace, port: number, password: string): Promise<void> {
    this.postgres = await startPostgres(place, {
      port,
      password,
      onExit: (lastWords) => this.restartPostgres(place, port, password, lastWords),
    });
  }

  private restartPostgres(
    place: PostgresPlace,
    port: number,
    password: string,
    lastWords: string,
  ): void {
    this.postgresFailures += 1;
    const pause = restartPause(this.postgresFailures, RESTART_POLICY);
    this.progress.say(`PostgreSQL ended by itself:\n${indent(lastWords)}`);
    if (pause === null) {
      this.fail('PostgreSQL does not stay up.');
      return;
    }
    this.progress.say(`  it is started again in ${pause / 1000} s`);
    this.postgresRestart = setTimeout(() => {
      this.startPostgres(place, port, password).catch((error: unknown) =>
        this.restartPostgres(place, port, password, String((error as Error).message)),
      );
    }, pause);
  }

  private async migrate(installation: Installation, admin: AdminPassword): Promise<void> {
    const env = migrationEnvironment(installation, admin);
    const log = join(this.folder.logs, 'migrate.log');
    rotateLog(log);
    await this.progress.step('migrate and seed the database', async () => {
      await runMigrations(this.root, 'up', env, log, this.abort.signal);
      await runMigrations(this.root, 'seed', env, log, this.abort.signal);
    });
  }

  private async startProcesses(installation: Installation): Promise<void> {
    this.abort.signal.throwIfAborted();
    if (!(await isPortFree(this.options.port, this.options.bind))) {
      throw portTaken(this.options.port);
    }
    const apps = APP_NAMES.filter((app) => app !== 'simulator' || this.options.demo);
    for (const app of apps) this.processes.push(this.begin(app, installation));
    await this.progress.step(`start ${apps.join(', ')}`, async () => {
      const healthy = await Promise.all(this.processes.map((each) => each.becomesHealthy()));
      this.abort.signal.throwIfAborted();
      const silent = this.processes.filter((_, index) => !healthy[index]).map(({ name }) => name);
      if (silent.length > 0) {
        throw new StartError(`Not ready: ${silent.join(', ')}. Logs: ${this.folder.logs}`);
      }
    });
  }

  private begin(app: AppName, installation: Installation): SupervisedProcess {
    const logFile = this.options.logsToTerminal ? null : join(this.folder.logs, `${app}.log`);
    if (logFile !== null) rotateLog(logFile);
    const process = new SupervisedProcess(
      {
        name: app,
        script: join(this.root, 'dist/apps', app, 'main.js'),
        env: appEnvironment(app, installation),
        logFile,
        healthUrl: healthUrl(app, installation),
      },
      {
        died: (name, how, lines, pauseMs) => {
          const next = pauseMs === null ? 'given up' : `started again in ${pauseMs / 1000} s`;
          this.progress.say(`${name} ended (${how}), ${next}`);
          if (lines.length > 0) this.progress.say(indent(lines.join('\n')));
          if (pauseMs === null) this.fail(`${name} does not stay up.`);
        },
      },
    );
    process.start();
    return process;
  }

  /** Stops whatever has been started, in order: first who uses the database, then the database. */
  async stop(): Promise<void> {
    this.abort.abort();
    await Promise.all(this.processes.map((each) => each.stop()));
    clearTimeout(this.postgresRestart);
    await this.postgres?.stop();
  }

  /** At once; PostgreSQL recovers from its log at the next start. */
  kill(): void {
    for (const each of this.processes) each.kill();
  }
}

async function chooseSidePorts(pool: PortPool): Promise<SidePorts> {
  const { metrics, health } = STANDARD_PORTS;
  return {
    metrics: {
      api: await pool.take(metrics.api),
      worker: await pool.take(metrics.worker),
      gateway: await pool.take(metrics.gateway),
    },
    health: {
      worker: await pool.take(health.worker),
      gateway: await pool.take(health.gateway),
      simulator: await pool.take(health.simulator),
    },
  };
}

function healthUrl(app: AppName, { options, ports }: Installation): string {
  const host = reachable(options.bind);
  return app === 'api'
    ? `http://${host}:${options.port}/api/v1/readiness`
    : `http://${host}:${ports.health[app]}/health`;
}

export const portTaken = (port: number): StartError =>
  new StartError(
    `Port ${port} is taken; the api needs it for the console and the REST API. ` +
      `Stop what listens there, or choose another: PORT=${port + 1} npm start`,
  );

const indent = (text: string): string => text.replace(/^/gm, '    ');
