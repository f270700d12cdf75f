import { CreateTenancy1763600000000 } from './1763600000000-create-tenancy.ts';
import { CreateDevice1763600100000 } from './1763600100000-create-device.ts';
import { CreateDeviceSearch1763600110000 } from './1763600110000-create-device-search.ts';
import { CreateJob1763600200000 } from './1763600200000-create-job.ts';
import { CreateIdentity1763600250000 } from './1763600250000-create-identity.ts';
import { CreateEngine1763600400000 } from './1763600400000-create-engine.ts';
import { ExtendEngine1763600500000 } from './1763600500000-extend-engine.ts';

interface Migration {
  new (): import('typeorm').MigrationInterface & { readonly name: string };
}

/** In order. The name of the last one is the schema version every process checks at start. */
export const MIGRATIONS: readonly Migration[] = [
  CreateTenancy1763600000000,
  CreateDevice1763600100000,
  CreateDeviceSearch1763600110000,
  CreateJob1763600200000,
  CreateIdentity1763600250000,
  CreateEngine1763600400000,
  ExtendEngine1763600500000,
];
