import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { TenantKeyring } from './secrets/tenant-keyring.ts';
import { assertSafeDatabase } from './tenancy/boot-check.ts';
import { dataSourceOptions } from './tenancy/data-source.ts';
import { TenantDb, type SlowTransaction } from './tenancy/tenant-db.ts';

export interface PersistenceSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
  /** Login app_platform; only the api has it. */
  readonly platformUrl?: string | undefined;
  /** Key-encryption key; without it the process cannot seal or open secrets. */
  readonly kek?: Uint8Array | undefined;
  readonly onSlowTransaction?: (slow: SlowTransaction) => void;
}

const PLATFORM = 'platform';
const PLATFORM_POOL = 2;

/** Refuses the start on an unsafe login or a foreign schema, before anything listens. */
@Injectable()
class BootCheck implements OnModuleInit {
  constructor(@Inject(TenantDb) private readonly db: TenantDb) {}

  async onModuleInit(): Promise<void> {
    await assertSafeDatabase(this.db);
  }
}

/** Gives the process its door to the database: `TenantDb`, and `TenantKeyring` where there is a key. */
@Module({})
export class PersistenceModule {
  static forRoot(settings: PersistenceSettings): DynamicModule {
    const { url, poolSize, applicationName, platformUrl, kek } = settings;
    const providers: Provider[] = [BootCheck, tenantDbProvider(settings)];
    if (kek !== undefined) {
      providers.push({
        provide: TenantKeyring,
        inject: [TenantDb],
        useFactory: (db: TenantDb) => new TenantKeyring(db, kek),
      });
    }
    return {
      module: PersistenceModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions({ url, poolSize, applicationName }),
          retryAttempts: 10,
          retryDelay: 500,
        }),
        ...(platformUrl === undefined
          ? []
          : [
              TypeOrmModule.forRoot({
                name: PLATFORM,
                ...dataSourceOptions({
                  url: platformUrl,
                  poolSize: PLATFORM_POOL,
                  applicationName: `${applicationName}-platform`,
                }),
              }),
            ]),
      ],
      providers,
      exports: [TenantDb, ...(kek === undefined ? [] : [TenantKeyring])],
    };
  }
}

function tenantDbProvider(settings: PersistenceSettings): Provider {
  const inject = [getDataSourceToken()];
  if (settings.platformUrl !== undefined) inject.push(getDataSourceToken(PLATFORM));
  return {
    provide: TenantDb,
    inject,
    useFactory: (source: DataSource, platform?: DataSource) =>
      new TenantDb(source, platform ?? null, settings.onSlowTransaction),
  };
}
