import { InjectionToken } from '@angular/core';
import type { ConsoleConfig } from '@drm/contracts';

export const CONSOLE_CONFIG = new InjectionToken<ConsoleConfig>('ConsoleConfig');

const text = (value: unknown, fallback: string): string =>
  typeof value === 'string' ? value : fallback;

/** Reads a config the way the contract describes it; what is missing gets the default of a same-origin set-up. */
export function readConfig(body: unknown): ConsoleConfig {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const base = text(given['apiBaseUrl'], '').replace(/\/+$/, '');
  if (base !== '' && !/^https?:\/\//.test(base)) {
    throw new Error('apiBaseUrl in /config.json must start with http:// or https://');
  }
  return {
    apiBaseUrl: base,
    enableSse: given['enableSse'] !== false,
    version: text(given['version'], ''),
    demo: given['demo'] === true,
  };
}

/** Loads `/config.json`; a missing file means the defaults, so that a plain file server is enough. */
export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch('/config.json', { cache: 'no-store' });
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return readConfig(response.ok && isJson ? await response.json() : {});
}
