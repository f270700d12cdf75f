import { readFileSync } from 'node:fs';
import { Migrator } from '@drm/persistence';
import { DataSource } from 'typeorm';

const PASSWORD = 'bench-only';

/** A database of one bench on a server whose administrator's address was given. */
export interface BenchDatabase {
  readonly adminUrl: string;
  /** Address as role app_rw. */
  readonly appUrl: string;
  /** It was there from an earlier run that kept it. */
  readonly existed: boolean;
  drop(): Promise<void>;
}

export const connect = async (url: string): Promise<DataSource> =>
  await new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    installExtensions: false,
  }).initialize();

/** Makes and migrates the database, unless it is there. */
export async function openBenchDatabase(server: string, name: string): Promise<BenchDatabase> {
  const admin = new URL(server);
  admin.pathname = `/${name}`;
  const app = new URL(admin);
  app.username = 'app_rw';
  app.password = PASSWORD;
  const root = await connect(server);
  const found = await root.query<unknown[]>('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (found.length === 0) {
    await root.query(`CREATE DATABASE ${name}`);
    await new Migrator(admin.href).up({ app_rw: PASSWORD });
  }
  await root.destroy();
  return {
    adminUrl: admin.href,
    appUrl: app.href,
    existed: found.length > 0,
    drop: async () => {
      const again = await connect(server);
      await again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await again.destroy();
    },
  };
}

/** Nanoseconds a process of this machine was on a processor; null when it is not on this machine, or not Linux. */
export function processorNanoseconds(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return null;
  }
}
