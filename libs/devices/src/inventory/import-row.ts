import {
  CreateDevice,
  DEVICE_CSV_COLUMNS,
  EndpointInput,
  type ImportRowError,
  type JsonValue,
} from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type * as z from 'zod';
import { plainCell } from './csv-cell.ts';

type Column = (typeof DEVICE_CSV_COLUMNS)[number];
type Cells = ReadonlyMap<Column, string>;

/** Fields of the device itself; the others are its endpoint's. */
const OWN: readonly Column[] = ['name', 'serialNumber', 'vendor', 'model', 'description', 'tags'];

/** A device of the file: one line, or several when it has more endpoints. */
export interface ImportedDevice {
  readonly line: number;
  readonly name: string;
  readonly serialNumber: string | undefined;
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly endpoints: ImportedEndpoint[];
}

export interface ImportedEndpoint {
  readonly line: number;
  readonly input: EndpointInput;
}

export type ImportedRow =
  | { readonly kind: 'device'; readonly device: ImportedDevice }
  | { readonly kind: 'endpoint'; readonly endpoint: ImportedEndpoint }
  | { readonly kind: 'faulty'; readonly errors: readonly ImportRowError[] };

/** Reads rows under one header. */
export class ImportHeader {
  private constructor(private readonly columns: readonly Column[]) {}

  /** @throws DomainError `import.invalid_header` */
  static parse(cells: readonly string[]): ImportHeader {
    const names = cells.map((cell) => cell.trim());
    const unknown = names.filter(
      (name) => !(DEVICE_CSV_COLUMNS as readonly string[]).includes(name),
    );
    const doubled = names.filter((name, index) => names.indexOf(name) !== index);
    const wrong =
      unknown.length > 0
        ? `Unknown column: ${unknown[0]?.slice(0, 40) ?? ''}.`
        : doubled.length > 0
          ? `Column given twice: ${doubled[0] ?? ''}.`
          : names.includes('name')
            ? null
            : 'The column name is missing.';
    if (wrong !== null) {
      throw new DomainError(
        'import.invalid_header',
        `${wrong} Columns are ${DEVICE_CSV_COLUMNS.join(', ')}, in any order.`,
      );
    }
    return new ImportHeader(names as Column[]);
  }

  /** Which of the device's own fields the file says anything about. */
  has(column: Column): boolean {
    return this.columns.includes(column);
  }

  /** @param line number of the row's first line in the file, from 1 */
  row(record: readonly string[], line: number): ImportedRow {
    if (record.length !== this.columns.length) {
      return faulty(
        line,
        null,
        'column_count',
        `${this.columns.length} cells are expected, ${record.length} found`,
      );
    }
    const cells: Cells = new Map(
      this.columns.map((column, index) => [column, plainCell((record[index] ?? '').trim())]),
    );
    const errors: ImportRowError[] = [];
    const endpoint = endpointOf(cells, line, errors);
    if (OWN.every((column) => (cells.get(column) ?? '') === '') && endpoint !== null) {
      return errors.length > 0 ? { kind: 'faulty', errors } : { kind: 'endpoint', endpoint };
    }
    const device = deviceOf(cells, line, errors);
    if (errors.length > 0 || device === null) return { kind: 'faulty', errors };
    if (endpoint !== null) device.endpoints.push(endpoint);
    return { kind: 'device', device };
  }
}

function deviceOf(cells: Cells, line: number, errors: ImportRowError[]): ImportedDevice | null {
  const text = (column: Column): string | undefined => cells.get(column) || undefined;
  const parsed = CreateDevice.safeParse({
    name: cells.get('name') ?? '',
    serialNumber: text('serialNumber'),
    vendor: text('vendor'),
    model: text('model'),
    description: text('description'),
    tags: (cells.get('tags') ?? '')
      .split(';')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  });
  if (!parsed.success) {
    errors.push(...issuesOf(parsed.error, line));
    return null;
  }
  const { name, serialNumber, vendor, model, description, tags } = parsed.data;
  return {
    line,
    name,
    serialNumber,
    vendor,
    model,
    description,
    tags: [...new Set(tags)],
    endpoints: [],
  };
}

function endpointOf(cells: Cells, line: number, errors: ImportRowError[]): ImportedEndpoint | null {
  const [protocol, address, credentials] = (['protocol', 'address', 'credentials'] as const).map(
    (column) => cells.get(column) ?? '',
  );
  if (!protocol && !address && !credentials) return null;
  const fields = credentials ? jsonObject(credentials) : undefined;
  if (fields === null) {
    errors.push(rowError(line, 'credentials', 'not_json', 'must be a JSON object'));
    return { line, input: { protocol: '', address: '', enabled: true } };
  }
  const parsed = EndpointInput.safeParse({
    protocol,
    address,
    ...(fields !== undefined && { credentials: fields }),
  });
  if (!parsed.success) {
    errors.push(...issuesOf(parsed.error, line));
    return { line, input: { protocol: '', address: '', enabled: true } };
  }
  return { line, input: parsed.data };
}

function jsonObject(text: string): Record<string, JsonValue> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, JsonValue>) : null;
  } catch {
    return null;
  }
}

export const rowError = (
  line: number,
  column: string | null,
  code: string,
  message: string,
): ImportRowError => ({ line, column, code, message });

const faulty = (
  line: number,
  column: string | null,
  code: string,
  message: string,
): ImportedRow => ({
  kind: 'faulty',
  errors: [rowError(line, column, code, message)],
});

const issuesOf = (error: z.ZodError, line: number): ImportRowError[] =>
  error.issues.map((issue) =>
    rowError(
      line,
      issue.path[0] === undefined ? null : String(issue.path[0]),
      issue.code,
      issue.message,
    ),
  );

/** A refused endpoint as faults of its line: `credentials.community` is the column `credentials`. */
export function endpointErrors(error: DomainError, line: number): ImportRowError[] {
  if (error.errors === undefined || error.errors.length === 0) {
    const column = error.code === 'protocol.unknown' ? 'protocol' : null;
    return [rowError(line, column, error.code, error.detail ?? error.code)];
  }
  return error.errors.map((fault) => {
    const [column, ...inside] = fault.path.split('.');
    const where = inside.length === 0 ? '' : `${inside.join('.')}: `;
    return rowError(line, column ?? null, fault.code, `${where}${fault.message}`);
  });
}
