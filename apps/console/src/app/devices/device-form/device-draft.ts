import { CreateDevice, type Device, UpdateDevice } from '@drm/contracts';

/** What the form of a device holds: text only. Tags are separated by spaces or commas. */
export interface DeviceDraft {
  name: string;
  serialNumber: string;
  vendor: string;
  model: string;
  description: string;
  tags: string;
}
export type DraftField = keyof DeviceDraft;

export const EMPTY_DRAFT: DeviceDraft = {
  name: '',
  serialNumber: '',
  vendor: '',
  model: '',
  description: '',
  tags: '',
};

export interface DraftError {
  readonly field: DraftField;
  readonly message: string;
}
export type DraftResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly DraftError[] };

export const draftOf = (device: Device): DeviceDraft => ({
  name: device.name,
  serialNumber: device.serialNumber ?? '',
  vendor: device.vendor ?? '',
  model: device.model ?? '',
  description: device.description ?? '',
  tags: device.tags.join(' '),
});

export const tagsOf = (text: string): string[] => [
  ...new Set(text.split(/[\s,]+/).filter((tag) => tag !== '')),
];

const OPTIONAL = ['serialNumber', 'vendor', 'model', 'description'] as const;
const isField = (key: unknown): key is DraftField =>
  typeof key === 'string' && Object.hasOwn(EMPTY_DRAFT, key);

interface Issues {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

const errorsOf = (error: Issues): DraftError[] =>
  error.issues.map((issue) => {
    const [field] = issue.path;
    const name = isField(field) ? field : 'name';
    return {
      field: name,
      message: name === 'name' ? 'Enter a name, at most 120 characters.' : issue.message,
    };
  });

/** A draft on top of a newer state: fields that were not touched follow it, entries stay. */
export function mergeDraft(before: Device, stored: Device, draft: DeviceDraft): DeviceDraft {
  const [old, now] = [draftOf(before), draftOf(stored)];
  const merged = { ...draft };
  for (const field of Object.keys(EMPTY_DRAFT) as DraftField[]) {
    if (draft[field] === old[field]) merged[field] = now[field];
  }
  return merged;
}

export interface Conflict {
  readonly field: DraftField;
  readonly before: string;
  readonly stored: string;
  readonly entered: string;
}

/** Fields somebody else changed to something other than what is entered here. */
export function conflictsOf(before: Device, stored: Device, draft: DeviceDraft): Conflict[] {
  const [old, now] = [draftOf(before), draftOf(stored)];
  return (Object.keys(EMPTY_DRAFT) as DraftField[])
    .filter((field) => now[field] !== old[field] && now[field] !== draft[field])
    .map((field) => ({ field, before: old[field], stored: now[field], entered: draft[field] }));
}

/** The body that makes a device. Empty fields are left out. */
export function createOf(draft: DeviceDraft): DraftResult<CreateDevice> {
  const body: Record<string, unknown> = { name: draft.name, tags: tagsOf(draft.tags) };
  for (const key of OPTIONAL) if (draft[key].trim() !== '') body[key] = draft[key];
  const read = CreateDevice.safeParse(body);
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, errors: errorsOf(read.error) };
}

/** The change from `device` to the draft: only what differs, null where a field was emptied. */
export function changeOf(device: Device, draft: DeviceDraft): DraftResult<UpdateDevice> {
  const body: Record<string, unknown> = {};
  const before = draftOf(device);
  if (draft.name.trim() !== before.name) body['name'] = draft.name;
  for (const key of OPTIONAL) {
    const value = draft[key].trim();
    if (value !== before[key]) body[key] = value === '' ? null : value;
  }
  const tags = tagsOf(draft.tags);
  if (tags.join(' ') !== before.tags) body['tags'] = tags;
  const read = UpdateDevice.safeParse(body);
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, errors: errorsOf(read.error) };
}
