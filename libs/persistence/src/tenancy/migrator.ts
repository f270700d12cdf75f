import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations/index.ts';
import { APP_LOGINS, passwordSql, rolesSql, NOLOGIN_ROLES, type AppLogin } from './roles.ts';

export type AppPasswords = Readonly<Partial<Record<AppLogin, string>>>;

export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

/** One session of the migration login. */
export interface SqlSession {
  query<Row = unknown>(text: string, params?: readonly unknown[]): Promise<{ rows: Row[] }>;
}

/** Serialises two migrators of one database; the number has no meaning of its own. */
const LOCK = 5_417_001;

/**
 * Brings a database to a schema version and back. Connects as a login that may create roles; what it makes belongs
 * to `app_owner`.
 */
export class Migrator {
  constructor(private readonly url: string) {}

  /**
   * Creates the database when it is missing, the roles and their passwords, then every missing migration.
   * @param prepareMore schemas that belong to a library and are made by it, e.g. the queues'
   * @returns the names of the migrations that were applied
   */
  async up(
    passwords: AppPasswords = {},
    prepareMore: (session: SqlSession) => Promise<void> = () => Promise.resolve(),
  ): Promise<string[]> {
    await this.createDatabase();
    return await this.locked(async (source) => {
      await source.query(rolesSql());
      for (const role of [...NOLOGIN_ROLES]) await source.query(`GRANT ${role} TO CURRENT_USER`);
      for (const role of APP_LOGINS) {
        const password = passwords[role];
        if (password !== undefined) await source.query(passwordSql(role, password));
      }
      await source.query('CREATE SCHEMA IF NOT EXISTS drm');
      const done = await source.runMigrations({ transaction: 'each' });
      await source.query('ALTER TABLE drm.schema_migration OWNER TO app_owner');
      const runner = source.createQueryRunner();
      try {
        await prepareMore((await runner.connect()) as SqlSession);
      } finally {
        await runner.release();
      }
      return done.map((migration) => migration.name);
    });
  }

  /** Undoes the last migration; null when none is left. */
  async down(): Promise<string | null> {
    return await this.locked(async (source) => {
      const before = await this.applied(source);
      const last = before.at(-1);
      if (last === undefined) return null;
      await source.undoLastMigration({ transaction: 'each' });
      return last;
    });
  }

  async status(): Promise<MigrationState[]> {
    return await this.locked(async (source) => {
      const applied = new Set(await this.applied(source));
      return MIGRATIONS.map((migration) => ({
        name: new migration().name,
        applied: applied.has(new migration().name),
      }));
    });
  }

  private async applied(source: DataSource): Promise<string[]> {
    const [table] = await source.query<{ found: boolean }[]>(
      "SELECT to_regclass('drm.schema_migration') IS NOT NULL AS found",
    );
    if (table?.found !== true) return [];
    const rows = await source.query<{ name: string }[]>(
      'SELECT name FROM drm.schema_migration ORDER BY id',
    );
    return rows.map((row) => row.name);
  }

  private async locked<T>(work: (source: DataSource) => Promise<T>): Promise<T> {
    const source = await new DataSource({
      type: 'postgres',
      url: this.url,
      schema: 'drm',
      migrations: [...MIGRATIONS],
      migrationsTableName: 'schema_migration',
      installExtensions: false,
      // One connection: the advisory lock and the migrations share it.
      poolSize: 1,
      applicationName: 'drm-migrate',
    }).initialize();
    try {
      await source.query('SELECT pg_advisory_lock($1)', [LOCK]);
      return await work(source);
    } finally {
      await source.destroy();
    }
  }

  private async createDatabase(): Promise<void> {
    const target = new URL(this.url);
    const name = decodeURIComponent(target.pathname.slice(1));
    target.pathname = '/postgres';
    const admin = await new DataSource({
      type: 'postgres',
      url: target.href,
      poolSize: 1,
      installExtensions: false,
    }).initialize();
    try {
      const found = await admin.query<unknown[]>('SELECT 1 FROM pg_database WHERE datname = $1', [
        name,
      ]);
      if (found.length === 0) await admin.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    } finally {
      await admin.destroy();
    }
  }
}
