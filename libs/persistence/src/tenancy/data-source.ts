import { DataSource } from 'typeorm';
import { ENTITIES } from '../entities.ts';

export interface DataSourceSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
}

/**
 * Options of a process's connections. Pipelining lets BEGIN ride with the first statement; prepared statements are
 * never named (a plan made without a tenant stays bad for all).
 */
export const dataSourceOptions = (settings: DataSourceSettings) => ({
  type: 'postgres' as const,
  url: settings.url,
  poolSize: settings.poolSize,
  applicationName: settings.applicationName,
  entities: [...ENTITIES],
  synchronize: false,
  installExtensions: false,
  connectTimeoutMS: 5000,
  extra: { pipeline: true, idleTimeoutMillis: 30_000, keepAlive: true },
});

export const createDataSource = (settings: DataSourceSettings): DataSource =>
  new DataSource(dataSourceOptions(settings));
