import {
  CreateJob,
  type DeviceOperation,
  type JobTargets,
  type OperationKind,
  type ProtocolInfo,
  type SetValue,
  type ValueType,
} from '@drm/contracts';
import { issueWords } from '../../form-fields/issue-words.ts';

/** What the form holds: flat, texts as typed, `null` for an empty number. */
export interface OperationDraft {
  kind: OperationKind;
  /** One a line. */
  paths: string;
  values: ValueDraft[];
  path: string;
  limit: number | null;
  depth: number | null;
  command: string;
  /** JSON object, or empty. */
  arguments: string;
  name: string;
  /** Empty: the first capable endpoint of each device. */
  protocol: string;
  /** Empty: the server decides. */
  priority: '' | 'interactive' | 'normal' | 'bulk';
  maxAttempts: number | null;
  expiresInHours: number | null;
}

export interface ValueDraft {
  path: string;
  /** Empty: the device is asked for the type. */
  type: '' | ValueType;
  value: string;
}

export type DraftField = keyof OperationDraft;
export interface DraftError {
  readonly field: DraftField;
  /** Row of `values`. */
  readonly row?: number;
  readonly message: string;
}

export const EMPTY_VALUE: ValueDraft = { path: '', type: '', value: '' };

export const emptyDraft = (kind: OperationKind): OperationDraft => ({
  kind,
  paths: '',
  values: [{ ...EMPTY_VALUE }],
  path: '',
  limit: null,
  depth: null,
  command: '',
  arguments: '',
  name: '',
  protocol: '',
  priority: '',
  maxAttempts: null,
  expiresInHours: null,
});

/** Kinds in the order of their use, that at least one of the protocols can do. */
export function offeredKinds(
  protocols: readonly ProtocolInfo[],
  used: readonly string[],
): OperationKind[] {
  const order: readonly OperationKind[] = [
    'get',
    'set',
    'walk',
    'probe',
    'list',
    'add',
    'delete',
    'invoke',
  ];
  const relevant = used.length === 0 ? protocols : protocols.filter((p) => used.includes(p.id));
  return order.filter((kind) => relevant.some((p) => p.capabilities.includes(kind)));
}

export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

const WHOLE: ReadonlySet<string> = new Set(['int', 'unsignedInt', 'counter32', 'gauge32']);

/** The value as the API wants it, or a message. 64-bit numbers stay text. */
export function typedValue(draft: ValueDraft): { value: SetValue['value'] } | { message: string } {
  const text = draft.value;
  if (draft.type === 'boolean') {
    if (/^(true|1|on|yes)$/i.test(text.trim())) return { value: true };
    if (/^(false|0|off|no)$/i.test(text.trim())) return { value: false };
    return { message: 'Enter true or false.' };
  }
  if (WHOLE.has(draft.type)) {
    if (!/^-?\d{1,15}$/.test(text.trim())) return { message: 'Enter a whole number.' };
    return { value: Number(text) };
  }
  if (draft.type === 'long' || draft.type === 'unsignedLong' || draft.type === 'counter64') {
    if (!/^-?\d{1,20}$/.test(text.trim())) return { message: 'Enter a whole number.' };
    return { value: text.trim() };
  }
  return { value: text };
}

type Built = DeviceOperation | readonly DraftError[];

const fault = (field: DraftField, message: string): readonly DraftError[] => [{ field, message }];

/** Kinds that work on one path. */
const onPath =
  (make: (path: string, draft: OperationDraft) => DeviceOperation) =>
  (draft: OperationDraft): Built => {
    const path = draft.path.trim();
    return path === '' ? fault('path', 'Enter a path.') : make(path, draft);
  };

const BUILDERS: Readonly<Record<OperationKind, (draft: OperationDraft) => Built>> = {
  get: (draft) => {
    const paths = linesOf(draft.paths);
    if (paths.length === 0) return fault('paths', 'Enter at least one path.');
    if (paths.length > 256) return fault('paths', 'At most 256 paths a job.');
    return { kind: 'get', paths };
  },
  set: (draft) => withValues(draft, (values) => ({ kind: 'set', values })),
  probe: () => ({ kind: 'probe' }),
  list: onPath((path, { depth }) => ({ kind: 'list', path, depth: depth ?? 1 })),
  walk: onPath((path, { limit }) => ({ kind: 'walk', path, limit: limit ?? 10_000 })),
  add: onPath((path) => ({ kind: 'add', path, values: [] })),
  delete: onPath((path) => ({ kind: 'delete', path })),
  invoke: (draft) => {
    const command = draft.command.trim();
    if (command === '') return fault('command', 'Enter a command.');
    const parsed = jsonObject(draft.arguments);
    if (!parsed) return fault('arguments', 'Enter a JSON object, or nothing.');
    return { kind: 'invoke', command, arguments: parsed };
  },
};

function withValues(draft: OperationDraft, make: (values: SetValue[]) => DeviceOperation): Built {
  const errors: DraftError[] = [];
  const values: SetValue[] = [];
  for (const [row, value] of draft.values.entries()) {
    const typed = typedValue(value);
    if (value.path.trim() === '') {
      errors.push({ field: 'values', row, message: 'Enter a path.' });
    } else if ('message' in typed) {
      errors.push({ field: 'values', row, message: typed.message });
    } else {
      values.push({
        path: value.path.trim(),
        value: typed.value,
        ...(value.type === '' ? {} : { type: value.type }),
      });
    }
  }
  return errors.length > 0 ? errors : make(values);
}

function jsonObject(text: string): Record<string, never> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, never>)
      : null;
  } catch {
    return null;
  }
}

export type DraftResult =
  | { readonly ok: true; readonly job: CreateJob }
  | { readonly ok: false; readonly errors: readonly DraftError[] };

/** The request of a draft, checked against the contract, or what is wrong field by field. */
export function createJobOf(draft: OperationDraft, targets: JobTargets): DraftResult {
  const operation = BUILDERS[draft.kind](draft);
  if (!('kind' in operation)) return { ok: false, errors: operation };
  const name = draft.name.trim();
  const checked = CreateJob.safeParse({
    operation,
    targets,
    ...(name === '' ? {} : { name }),
    ...(draft.protocol === '' ? {} : { protocol: draft.protocol }),
    ...(draft.priority === '' ? {} : { priority: draft.priority }),
    ...(draft.maxAttempts === null ? {} : { maxAttempts: draft.maxAttempts }),
    ...(draft.expiresInHours === null
      ? {}
      : { expiresInSeconds: Math.round(draft.expiresInHours * 3_600) }),
  });
  if (checked.success) return { ok: true, job: checked.data };
  return { ok: false, errors: checked.error.issues.map((issue) => fieldOf(draft, issue)) };
}

function fieldOf(
  draft: OperationDraft,
  issue: Parameters<typeof issueWords>[0] & { readonly path: readonly PropertyKey[] },
): DraftError {
  const [first, second, third] = issue.path;
  const message = issueWords(issue);
  if (first === 'expiresInSeconds') {
    return { field: 'expiresInHours', message: 'Between 10 seconds and 30 days (720 hours).' };
  }
  if (first === 'maxAttempts') return { field: 'maxAttempts', message: 'Between 1 and 10.' };
  if (first === 'operation' && second === 'values' && typeof third === 'number') {
    return { field: 'values', row: third, message };
  }
  const field = String(first === 'operation' ? second : first);
  return { field: field in draft ? (field as DraftField) : 'kind', message };
}
