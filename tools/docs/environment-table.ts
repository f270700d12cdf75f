import type * as z from 'zod';

/** One process and what it reads. */
export interface EnvironmentOf {
  readonly process: string;
  readonly schema: z.ZodObject;
}

interface Row {
  readonly name: string;
  readonly description: string;
  /** Default by process; null: required, undefined: none. */
  readonly defaults: Map<string, string | null | undefined>;
}

/** The description may sit on the outer type or below an optional or a default. */
function descriptionOf(type: z.ZodType): string {
  const own = type.meta()?.description;
  if (own !== undefined) return own;
  const inner = (type as { def?: { innerType?: z.ZodType } }).def?.innerType;
  return inner === undefined ? '' : descriptionOf(inner);
}

function defaultOf(type: z.ZodType): string | null | undefined {
  const parsed = type.safeParse(undefined);
  if (!parsed.success) return null;
  return parsed.data === undefined || parsed.data === '' ? undefined : String(parsed.data);
}

const shown = (value: string | null | undefined): string =>
  value === null ? '**required**' : value === undefined ? '–' : `\`${value}\``;

function defaultsText(defaults: Row['defaults']): string {
  const values = new Set(defaults.values());
  if (values.size === 1) return shown([...values][0]);
  return [...defaults].map(([process, value]) => `${process} ${shown(value)}`).join(', ');
}

/** A Markdown table of all variables, in the order in which the schemas name them. */
export function environmentTable(environments: readonly EnvironmentOf[]): string {
  const rows = new Map<string, Row>();
  for (const { process, schema } of environments) {
    for (const [name, type] of Object.entries(schema.shape)) {
      const row = rows.get(name) ?? {
        name,
        description: descriptionOf(type as z.ZodType),
        defaults: new Map<string, string | null | undefined>(),
      };
      row.defaults.set(process, defaultOf(type as z.ZodType));
      rows.set(name, row);
    }
  }
  const lines = [...rows.values()].map(({ name, description, defaults }) => {
    const users = defaults.size === environments.length ? 'all' : [...defaults.keys()].join(', ');
    return `| \`${name}\` | ${defaultsText(defaults)} | ${users} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | read by | meaning |', '|---|---|---|---|', ...lines].join('\n');
}
