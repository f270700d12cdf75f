import type { WorkerEnvironment } from '@drm/config';

/** Injection token of the worker's parsed environment. */
export const WORKER_SETTINGS = Symbol('worker settings');
export type WorkerSettings = WorkerEnvironment;
