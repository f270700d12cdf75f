import type { JsonValue } from '@drm/contracts';

type Json = JsonValue;
type JsonObject = { readonly [key: string]: Json };

/** One control of the form. */
export interface SchemaField {
  readonly key: string;
  readonly title: string;
  readonly hint: string | null;
  readonly kind: 'text' | 'number' | 'boolean' | 'choice';
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** Goes in and never comes out: shown as "set", replaced as a whole. */
  readonly isSecret: boolean;
  readonly initial: string | number | boolean | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
  readonly pattern: string | null;
  readonly isInteger: boolean;
}

/** One alternative of the schema: the constants that mark it and its fields. */
export interface SchemaVariant {
  readonly title: string;
  readonly constants: Readonly<Record<string, string | number | boolean>>;
  readonly fields: readonly SchemaField[];
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const number = (value: Json | undefined): number | null =>
  typeof value === 'number' ? value : null;
const isScalar = (value: Json | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `privPassword` becomes `Priv password` when the schema gives no title. */
const titleOf = (key: string, schema: JsonObject): string =>
  text(schema['title']) ??
  key
    .replace(
      /([a-z0-9])([A-Z])/g,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    )
    .replace(/^./, (first) => first.toUpperCase());

function fieldOf(key: string, schema: JsonObject, isRequired: boolean): SchemaField | null {
  const type = text(schema['type']);
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  const kind =
    choices.length > 0
      ? 'choice'
      : type === 'boolean'
        ? 'boolean'
        : type === 'integer' || type === 'number'
          ? 'number'
          : type === 'string'
            ? 'text'
            : null;
  if (kind === null) return null;
  const initial = schema['default'];
  return {
    key,
    title: titleOf(key, schema),
    hint: text(schema['description']),
    kind,
    choices,
    isRequired: isRequired && initial === undefined,
    isSecret: schema['writeOnly'] === true,
    initial: isScalar(initial) ? initial : null,
    minimum: number(schema['minimum']),
    maximum: number(schema['maximum']),
    minLength: number(schema['minLength']),
    maxLength: number(schema['maxLength']),
    pattern: text(schema['pattern']),
    isInteger: type === 'integer',
  };
}

function variantOf(schema: JsonObject, index: number): SchemaVariant {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const constants: Record<string, string | number | boolean> = {};
  const fields: SchemaField[] = [];
  for (const [key, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    if (isScalar(property['const'])) constants[key] = property['const'];
    else {
      const field = fieldOf(key, property, required.includes(key));
      if (field !== null) fields.push(field);
    }
  }
  const marks = Object.values(constants).map(String).join(' ');
  return { title: text(schema['title']) ?? (marks || `Variant ${index + 1}`), constants, fields };
}

/** Reads a JSON Schema of an object, or of alternatives (`oneOf`, `anyOf`) that are told apart by constants. */
export function variantsOf(schema: JsonObject): SchemaVariant[] {
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(alternatives)) return alternatives.filter(isObject).map(variantOf);
  return [variantOf(schema, 0)];
}

/** The alternative a stored value belongs to; the first one when none fits. */
export function variantIndex(
  variants: readonly SchemaVariant[],
  value: Readonly<Record<string, Json>>,
): number {
  const found = variants.findIndex(
    ({ constants }) =>
      Object.keys(constants).length > 0 &&
      Object.entries(constants).every(([key, constant]) => value[key] === constant),
  );
  return Math.max(0, found);
}

/** What is wrong with an entry, in words; null when nothing is. `entry` is what the control holds. */
export function entryProblem(
  field: SchemaField,
  entry: string | boolean,
  isKept: boolean,
): string | null {
  if (field.kind === 'boolean' || isKept) return null;
  const given = String(entry);
  if (given === '') return field.isRequired ? `Enter ${lower(field.title)}.` : null;
  if (field.kind === 'number') return numberProblem(field, given);
  if (field.minLength !== null && given.length < field.minLength) {
    return `At least ${field.minLength} characters.`;
  }
  if (field.maxLength !== null && given.length > field.maxLength) {
    return `At most ${field.maxLength} characters.`;
  }
  if (field.pattern !== null && !matches(field.pattern, given)) {
    return field.hint ?? 'This has not the expected form.';
  }
  return null;
}

const lower = (title: string): string =>
  /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;

function numberProblem(field: SchemaField, given: string): string | null {
  const value = Number(given);
  if (!Number.isFinite(value)) return 'Enter a number.';
  if (field.isInteger && !Number.isInteger(value)) return 'Enter a whole number.';
  if (field.minimum !== null && value < field.minimum) return `At least ${field.minimum}.`;
  if (field.maximum !== null && value > field.maximum) return `At most ${field.maximum}.`;
  return null;
}

function matches(pattern: string, given: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(given);
  } catch {
    return true; // a pattern the browser does not know: the server checks anyway
  }
}

/** The value to send: constants and what was entered; empty optional fields and kept secrets are left out. */
export function valueOf(
  variant: SchemaVariant,
  entries: Readonly<Record<string, string | boolean>>,
): Record<string, Json> {
  const value: Record<string, Json> = { ...variant.constants };
  for (const field of variant.fields) {
    const entry = entries[field.key];
    if (entry === undefined || entry === '') continue;
    value[field.key] = field.kind === 'number' ? Number(entry) : entry;
  }
  return value;
}
