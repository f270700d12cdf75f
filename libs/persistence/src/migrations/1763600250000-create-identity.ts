import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDefiner, dropDefiner } from './definer-function.ts';
import { PEOPLE_FUNCTIONS } from './identity-people.ts';
import { SESSION_FUNCTIONS } from './identity-sessions.ts';
import { SIGN_IN_FUNCTIONS } from './identity-sign-in.ts';

const FUNCTIONS = [...SIGN_IN_FUNCTIONS, ...SESSION_FUNCTIONS, ...PEOPLE_FUNCTIONS];

/** The functions of schema `identity`: people, sessions and links are closed to the apps but for these. */
export class CreateIdentity1763600250000 implements MigrationInterface {
  readonly name = 'CreateIdentity1763600250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION identity.current_tenant() RETURNS uuid LANGUAGE plpgsql STABLE
      SET search_path = identity, pg_temp AS $$
        DECLARE tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        BEGIN
          IF tenant IS NULL THEN RAISE EXCEPTION 'No tenant is set' USING ERRCODE = '42501'; END IF;
          RETURN tenant;
        END $$;
      ALTER FUNCTION identity.current_tenant() OWNER TO app_resolver;
      REVOKE ALL ON FUNCTION identity.current_tenant() FROM PUBLIC;
      ${FUNCTIONS.map((definer) => createDefiner('identity', 'app_resolver', definer)).join('\n')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${FUNCTIONS.map((definer) => dropDefiner('identity', definer)).join('\n')}
      DROP FUNCTION identity.current_tenant();
    `);
  }
}
