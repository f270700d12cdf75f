import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** The environment is refused: names and reasons, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`The environment is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment by one schema. `NAME_FILE` stands for `NAME` (the file's trimmed text), and empty text
 * counts as absent, so that a compose file may pass a variable through.
 * @throws ConfigError with every fault at once
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment = process.env,
): z.output<Schema> {
  const faults: string[] = [];
  const input: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const direct = environment[name];
    const file = environment[`${name}_FILE`];
    if (direct !== undefined && direct !== '') {
      input[name] = direct;
    } else if (file !== undefined && file !== '' && !(`${name}_FILE` in schema.shape)) {
      if (existsSync(file)) input[name] = readFileSync(file, 'utf8').trim();
      else faults.push(`${name}_FILE: the file does not exist`);
    }
  }
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      faults.push(`${issue.path.join('.')}: ${issue.message}`);
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return parsed.data;
}

/** As readEnvironment; prints the faults and ends the process with 1. For the first line of an app's main. */
export function readEnvironmentOrExit<Schema extends z.ZodObject>(
  schema: Schema,
): z.output<Schema> {
  try {
    return readEnvironment(schema);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
