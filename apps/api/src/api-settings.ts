import type { ApiEnvironment } from '@drm/config';

/** Injection token of the api's parsed environment. */
export const API_SETTINGS = Symbol('api settings');
export type ApiSettings = ApiEnvironment;
