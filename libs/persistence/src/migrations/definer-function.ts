/** A function that crosses what row-level security keeps apart, and who may call it. */
export interface DefinerFunction {
  readonly name: string;
  readonly args: string;
  readonly returns: string;
  readonly body: string;
  readonly callers: readonly string[];
}

/** Argument list as ALTER, GRANT and DROP want it: types only. */
const typesOf = (args: string): string =>
  args
    .split(',')
    .map((arg) => arg.trim().split(/\s+/).slice(1).join(' '))
    .join(', ');

const signature = (schema: string, { name, args }: DefinerFunction): string =>
  `${schema}.${name}(${typesOf(args)})`;

/**
 * Renders a SECURITY DEFINER function in plpgsql: fixed search path, closed to the public, open to its callers only.
 * Tables are named with their schema inside the body.
 */
export const createDefiner = (schema: string, owner: string, definer: DefinerFunction): string => `
  CREATE FUNCTION ${schema}.${definer.name}(${definer.args}) RETURNS ${definer.returns}
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $definer$
  #variable_conflict use_column
  ${definer.body}
  $definer$;
  ALTER FUNCTION ${signature(schema, definer)} OWNER TO ${owner};
  REVOKE ALL ON FUNCTION ${signature(schema, definer)} FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION ${signature(schema, definer)} TO ${definer.callers.join(', ')};`;

export const dropDefiner = (schema: string, definer: DefinerFunction): string =>
  `DROP FUNCTION ${signature(schema, definer)};`;
