import { CreateTenancy1763600000000 } from './1763600000000-create-tenancy.ts';
import { CreateDevice1763600100000 } from './1763600100000-create-device.ts';
import { CreateJob1763600200000 } from './1763600200000-create-job.ts';

interface Migration {
  new (): import('typeorm').MigrationInterface & { readonly name: string };
}

/** In order. The name of the last one is the schema version every process checks at start. */
export const MIGRATIONS: readonly Migration[] = [
  CreateTenancy1763600000000,
  CreateDevice1763600100000,
  CreateJob1763600200000,
];
