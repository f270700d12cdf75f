import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PICK, PROMOTE, UNPARK } from './engine-dispatch.sql.ts';
import { EXPIRE, HEARTBEAT, REAP, SWEEP } from './engine-recovery.sql.ts';
import { END_JOBS, LEDGER, OUTBOX, STATS } from './engine-watch.sql.ts';

/**
 * Every function of schema `engine`: the doors through which the job engine crosses tenants. They return ids and
 * counts only. `callers` may execute them; null: only other functions of the engine do.
 */
export const ENGINE_FUNCTIONS = {
  'engine.pick(text, integer, integer)': ['app_worker'],
  'engine.poll(text, double precision, integer)': ['app_worker', 'app_gateway'],
  'engine.promote(integer)': ['app_worker'],
  'engine.unpark(uuid[], uuid[], smallint)': null,
  'engine.reap(double precision, double precision, integer)': ['app_worker'],
  'engine.expire(integer)': ['app_worker'],
  'engine.end_waiting(uuid, uuid[], uuid[], text, smallint)': null,
  'engine.cancel_chunk(integer)': ['app_worker'],
  'engine.heartbeat(text, uuid[], uuid[], bigint[], double precision[])': [
    'app_worker',
    'app_gateway',
  ],
  'engine.sweep(integer)': ['app_worker'],
  'engine.jobs_to_end(integer)': ['app_worker'],
  'engine.expanding_jobs(integer)': ['app_worker'],
  'engine.ledger(double precision)': ['app_worker', 'app_rw'],
  'engine.recount(uuid, uuid)': ['app_worker'],
  'engine.stats()': ['app_worker', 'app_rw'],
  'engine.oldest_queued(text)': ['app_worker', 'app_rw'],
  'engine.tenants_with_work(text)': ['app_worker'],
  'engine.claim_outbox(integer, double precision)': ['app_worker'],
  'engine.outbox_done(uuid[], uuid[])': ['app_worker'],
  'engine.outbox_age()': ['app_worker'],
} as const satisfies Record<string, readonly string[] | null>;

export class CreateEngine1763600400000 implements MigrationInterface {
  readonly name = 'CreateEngine1763600400000';

  async up(runner: QueryRunner): Promise<void> {
    const signatures = Object.entries(ENGINE_FUNCTIONS);
    await runner.query(
      [
        UNPARK,
        PICK,
        PROMOTE,
        REAP,
        EXPIRE,
        HEARTBEAT,
        SWEEP,
        END_JOBS,
        LEDGER,
        STATS,
        OUTBOX,
        ...signatures.flatMap(([signature, callers]) => [
          `ALTER FUNCTION ${signature} OWNER TO app_engine;`,
          `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;`,
          callers === null
            ? ''
            : `GRANT EXECUTE ON FUNCTION ${signature} TO ${callers.join(', ')};`,
        ]),
      ].join('\n'),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      Object.keys(ENGINE_FUNCTIONS)
        .map((signature) => `DROP FUNCTION ${signature};`)
        .join('\n'),
    );
  }
}
