/** What the tests take from the environment. E2E_* names a running stack; without them one is started. */
export interface ProductSettings {
  readonly baseUrl: string | undefined;
  readonly email: string;
  readonly password: string | undefined;
}

export const readProductSettings = (): ProductSettings => ({
  baseUrl: process.env['E2E_BASE_URL']?.replace(/\/$/, ''),
  email: process.env['E2E_EMAIL'] ?? process.env['DRM_ADMIN_EMAIL'] ?? 'admin@example.com',
  password: process.env['E2E_PASSWORD'] ?? process.env['DRM_ADMIN_PASSWORD'],
});
