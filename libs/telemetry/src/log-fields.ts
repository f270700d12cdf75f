import { ClsServiceManager, type ClsStore } from 'nestjs-cls';

/** What ties log lines together, one vocabulary everywhere. Ids only: never a name, an address or a value. */
export interface LogFields {
  readonly correlation_id?: string;
  readonly tenant_id?: string;
  readonly user_id?: string;
  readonly job_id?: string;
  readonly execution_id?: string;
  readonly device_id?: string;
}

const FIELDS = Symbol('log fields');

interface LogStore extends ClsStore {
  [FIELDS]: LogFields;
}

const context = ClsServiceManager.getClsService<LogStore>();

/** The fields of the work under way; a fresh object, so that a logger may add to it. */
export function currentLogFields(): { -readonly [Name in keyof LogFields]: LogFields[Name] } {
  return context.isActive() ? { ...context.get()?.[FIELDS] } : {};
}

/**
 * Runs `work` so that every line logged inside, also after an await, carries `fields` beside those of the caller.
 * For log lines only: what a use-case needs to know is an argument.
 */
export function withLogFields<Result>(fields: LogFields, work: () => Result): Result {
  return context.runWith({ [FIELDS]: { ...currentLogFields(), ...fields } }, work);
}

/** Adds fields that became known during the work, e.g. the caller behind a token. Nothing happens outside of one. */
export function addLogFields(fields: LogFields): void {
  if (!context.isActive()) return;
  const store = context.get();
  store[FIELDS] = { ...store[FIELDS], ...fields };
}

/** A place to keep fields while nothing runs, and to come back to. */
export interface LogScope {
  run<Result>(work: () => Result): Result;
}

/** For callers that are woken several times for one piece of work, like the hooks of an HTTP request. */
export function logScope(fields: LogFields): LogScope {
  const store: LogStore = { [FIELDS]: fields };
  return { run: (work) => context.runWith(store, work) };
}
