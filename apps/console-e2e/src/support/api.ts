import type { CreateDevice, CreateJob, Device, Job, Page, Session } from '@drm/contracts';
import { readProductSettings } from '@drm/testing/product';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP ${status}: ${body}`);
  }
}

/** A client of the REST API, to arrange what a test needs without clicking for it. */
export class Api {
  private constructor(
    readonly baseUrl: string,
    private readonly bearer: string,
    readonly session: Session | null,
  ) {}

  /** @param email the administrator's when absent */
  static async signIn(email?: string, password?: string): Promise<Api> {
    const settings = readProductSettings();
    const baseUrl = settings.baseUrl ?? '';
    const response = await fetch(`${baseUrl}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        email: email ?? settings.email,
        password: password ?? settings.password,
      }),
    });
    if (!response.ok) throw new ApiError(response.status, await response.text());
    const session = (await response.json()) as Session;
    return new Api(baseUrl, session.accessToken, session);
  }

  static withKey(key: string): Api {
    return new Api(readProductSettings().baseUrl ?? '', key, null);
  }

  async inTenant(tenantId: string, reason = 'browser test'): Promise<Api> {
    const session = await this.send<Session>('POST', '/auth/switch-tenant', { tenantId, reason });
    return new Api(this.baseUrl, session.accessToken, session);
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }
  post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.send<T>('POST', path, body, headers);
  }
  patch<T>(path: string, body: unknown, version: number): Promise<T> {
    return this.send<T>('PATCH', path, body, { 'If-Match': `"${version}"` });
  }

  /** A device with one SNMP v2c endpoint; the default address is one where nothing answers. */
  device(name: string, address = '127.0.0.1:9', over: Partial<CreateDevice> = {}): Promise<Device> {
    return this.post<Device>('/devices', {
      name,
      tags: [],
      endpoints: [
        { protocol: 'snmp', address, credentials: { version: '2c', community: 'public' } },
      ],
      ...over,
    });
  }

  job(job: CreateJob): Promise<Job> {
    return this.post<Job>('/jobs', job);
  }

  async simulated(count: number): Promise<readonly { id: string; name: string }[]> {
    const page = await this.get<Page<Device>>('/devices?limit=200');
    return page.items.filter((device) => device.simulated).slice(0, count);
  }

  private async send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.bearer}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Asks until the answer is right, for at most `ms`. @throws with what was seen last */
export async function eventually<T>(
  ask: () => Promise<T>,
  isRight: (value: T) => boolean,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value).slice(0, 500)}`);
    await new Promise((resolve) => void setTimeout(resolve, 200));
  }
}
