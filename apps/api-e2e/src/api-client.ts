/** One answer, read whole. */
export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

/** Sends what a test says, also what is wrong on purpose, and never throws on a status. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly bearer: string | null = null,
  ) {}

  as(bearer: string): ApiClient {
    return new ApiClient(this.baseUrl, bearer);
  }

  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const raw = typeof body === 'string';
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.bearer === null ? {} : { authorization: `Bearer ${this.bearer}` }),
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : {}) as Body,
      text,
    };
  }

  get<Body = Record<string, unknown>>(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>> {
    return this.send<Body>('GET', path, undefined, headers);
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body, headers);
  }
}
