import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ENGINE_FUNCTION } from './engine-dispatch.sql.ts';

/** Functions this migration adds to those of the engine; same rules. */
export const EXTENDED_ENGINE_FUNCTIONS = {
  'engine.waiting(integer)': ['app_worker'],
} as const satisfies Record<string, readonly string[]>;

/** Where the circuit breaker of a resumed job begins to count, and why executions wait. */
export class ExtendEngine1763600500000 implements MigrationInterface {
  readonly name = 'ExtendEngine1763600500000';

  async up(runner: QueryRunner): Promise<void> {
    const [signature] = Object.keys(EXTENDED_ENGINE_FUNCTIONS);
    await runner.query(`
      ALTER TABLE drm.job
        ADD COLUMN breaker_failed int NOT NULL DEFAULT 0,
        ADD COLUMN breaker_ended int NOT NULL DEFAULT 0;

      -- Of at most p_limit waiting executions: a figure for a graph, never a reason to read millions of rows.
      CREATE FUNCTION engine.waiting(p_limit int) RETURNS TABLE (code text, n bigint) ${ENGINE_FUNCTION} AS $$
      BEGIN
        RETURN QUERY SELECT x.waiting_reason, count(*) FROM (
          SELECT e.waiting_reason FROM execution e WHERE e.status = 'waiting' LIMIT p_limit) x GROUP BY 1;
      END $$;
      ALTER FUNCTION ${signature} OWNER TO app_engine;
      REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${signature} TO app_worker;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION engine.waiting(integer);
      ALTER TABLE drm.job DROP COLUMN breaker_failed, DROP COLUMN breaker_ended;
    `);
  }
}
