import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The text search of devices. LIKE is not leakproof, so under row-level security no index would serve it: a definer
 * function of app_search reads the trigram index of its caller's tenant, and only that.
 */
export class CreateDeviceSearch1763600110000 implements MigrationInterface {
  readonly name = 'CreateDeviceSearch1763600110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      GRANT EXECUTE ON FUNCTION drm.fold(text) TO app_search;

      -- Ids of the own tenant's devices whose folded text holds the folded words: a few more than match, so the caller
      -- compares search_text again. In the order asked for ('name', 'id', null for any), after a position when one is
      -- given. Two characters are widened to their 36 trigrams (a text ends with a line end, so a third is there); one
      -- has no trigram, so the texts are read through. Plans are fixed: a guess that a text is common would
      -- read the table from its begin.
      CREATE FUNCTION search.devices(words text, at_most int, sorted text DEFAULT NULL, descending boolean DEFAULT false,
          after_name text DEFAULT NULL, after_id uuid DEFAULT NULL) RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = search, pg_temp
        SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
        SET enable_bitmapscan = on SET enable_sort = on
      AS $$
      DECLARE
        tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        folded text := drm.fold(lower(words));
        most int := least(greatest(at_most, 0), 100001);
        way text := CASE WHEN descending THEN ' DESC' ELSE '' END;
        than text := CASE WHEN descending THEN '<' ELSE '>' END;
        statement text := 'SELECT s.device_id FROM drm.device_search s WHERE s.tenant_id = $1 AND s.folded ';
      BEGIN
        IF tenant IS NULL THEN
          RAISE EXCEPTION 'search.devices needs a tenant' USING ERRCODE = '42501';
        END IF;
        IF length(folded) = 2 THEN
          statement := statement || '~ $2';
          folded := folded || '[a-z0-9]';
        ELSIF length(folded) > 2 THEN
          statement := statement || 'LIKE $2';
          folded := '%' || folded || '%';
        ELSE
          PERFORM set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'on', true);
          statement := 'SELECT s.device_id FROM (SELECT d.id AS device_id, d.name_key, d.search_text
            FROM drm.device d WHERE d.tenant_id = $1) s WHERE s.search_text LIKE $2';
          folded := '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';
        END IF;
        IF sorted = 'name' THEN
          IF after_id IS NOT NULL THEN
            statement := statement || ' AND (s.name_key, s.device_id) ' || than || ' ($4, $5)';
          END IF;
          statement := statement || ' ORDER BY s.name_key' || way || ', s.device_id' || way;
        ELSIF sorted = 'id' THEN
          IF after_id IS NOT NULL THEN
            statement := statement || ' AND s.device_id ' || than || ' $5';
          END IF;
          statement := statement || ' ORDER BY s.device_id' || way;
        END IF;
        RETURN QUERY EXECUTE statement || ' LIMIT $3' USING tenant, folded, most, after_name, after_id;
      END $$;
      ALTER FUNCTION search.devices(text, int, text, boolean, text, uuid) OWNER TO app_search;
      REVOKE ALL ON FUNCTION search.devices(text, int, text, boolean, text, uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION search.devices(text, int, text, boolean, text, uuid) TO app_rw, app_worker;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION search.devices(text, int, text, boolean, text, uuid)');
  }
}
