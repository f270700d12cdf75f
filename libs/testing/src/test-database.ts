import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_LOGINS, createDataSource, Migrator, TenantDb, type AppLogin } from '@drm/persistence';
import { uuidV7 } from '@drm/domain';
import { DataSource } from 'typeorm';
import { provideTestServer } from './test-server.ts';

const PASSWORD = 'integration-tests-only';
const TEMPLATE_LOCK = 5_417_002;

export interface TestTenant {
  readonly id: string;
  readonly slug: string;
}

/** A database of one spec file, cloned from a migrated template; apps' roles log in as they do in production. */
export class TestDatabase {
  private readonly sources: DataSource[] = [];

  private constructor(
    private readonly adminUrl: string,
    readonly name: string,
    private readonly stopServer: () => Promise<void>,
  ) {}

  static async create(): Promise<TestDatabase> {
    const server = await provideTestServer();
    const template = await ensureTemplate(server.url);
    const name = `drm_test_${randomBytes(6).toString('hex')}`;
    await withAdmin(server.url, (admin) => cloneDatabase(admin, name, template));
    return new TestDatabase(server.url, name, server.stop);
  }

  /** A connection URL of one of the apps' roles, or of the administrator. */
  url(login: AppLogin | 'admin'): string {
    const url = new URL(this.adminUrl);
    url.pathname = `/${this.name}`;
    if (login !== 'admin') {
      url.username = login;
      url.password = PASSWORD;
    }
    return url.href;
  }

  /** The door as that role opens it. Closed by `drop`. */
  async tenantDb(login: AppLogin = 'app_rw', poolSize = 4): Promise<TenantDb> {
    const source = await this.source(login, poolSize);
    const platform = login === 'app_rw' ? await this.source('app_platform', 1) : null;
    return new TenantDb(source, platform);
  }

  /** A data source of that role, for what is tested below the door. */
  async source(login: AppLogin | 'admin', poolSize = 2): Promise<DataSource> {
    const source = await createDataSource({
      url: this.url(login),
      poolSize,
      applicationName: `test-${login}`,
    }).initialize();
    this.sources.push(source);
    return source;
  }

  /** A tenant with its limits and built-in roles. */
  async aTenant(): Promise<TestTenant> {
    const id = uuidV7();
    const slug = `t-${randomBytes(4).toString('hex')}`;
    const source = await this.source('admin', 1);
    await source.query('INSERT INTO drm.tenant (tenant_id, slug, name) VALUES ($1, $2, $2)', [
      id,
      slug,
    ]);
    await source.query('INSERT INTO drm.tenant_limit (tenant_id) VALUES ($1)', [id]);
    await source.query(
      `INSERT INTO drm.role (tenant_id, id, name, built_in, permissions)
       SELECT $1, r, r, true, '{}' FROM unnest(ARRAY['viewer', 'operator', 'tenant-admin', 'platform-admin']) r`,
      [id],
    );
    return { id, slug };
  }

  async drop(): Promise<void> {
    for (const source of this.sources) if (source.isInitialized) await source.destroy();
    await withAdmin(this.adminUrl, (admin) =>
      admin.query(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`),
    );
    await this.stopServer();
  }
}

async function withAdmin<T>(url: string, work: (admin: DataSource) => Promise<T>): Promise<T> {
  const admin = await new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    installExtensions: false,
  }).initialize();
  try {
    return await work(admin);
  } finally {
    await admin.destroy();
  }
}

/** A clone fails while somebody else is connected to the template; that passes. */
async function cloneDatabase(admin: DataSource, name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The template is named for the text of the migrations: a changed migration makes a new one. */
async function ensureTemplate(url: string): Promise<string> {
  const name = `drm_template_${fingerprint()}`;
  await withAdmin(url, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await admin.query<unknown[]>('SELECT 1 FROM pg_database WHERE datname = $1', [
      name,
    ]);
    if (found.length > 0) return;
    const building = `${name}_new`;
    await admin.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    const target = new URL(url);
    target.pathname = `/${building}`;
    const passwords = Object.fromEntries(APP_LOGINS.map((login) => [login, PASSWORD]));
    await new Migrator(target.href).up(passwords);
    await admin.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
  });
  return name;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const root = join(import.meta.dirname, '../../persistence/src');
  for (const folder of ['migrations', 'tenancy']) {
    for (const file of readdirSync(join(root, folder)).sort()) {
      if (file.endsWith('spec.ts')) continue;
      hash.update(file).update(readFileSync(join(root, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 12);
}
