import cookie from '@fastify/cookie';
import {
  Module,
  StandardSchemaValidationPipe,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_ENV } from '@drm/config';
import type { CreatedApiKey, Invitation, Session, Tenant } from '@drm/contracts';
import { loadKek, PersistenceModule } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { ApiSettings } from '../../api-settings.ts';
import { requestIdOf } from '@drm/telemetry';
import { ProblemFilter } from '../../http/problem.filter.ts';
import { invalidRequest } from '../../http/problem.ts';
import { ReturnsInterceptor } from '../../http/returns.ts';
import { seedAccounts, type SeededAccounts } from '../../seed/seed-accounts.ts';
import { AccountsApiModule } from '../accounts-api.module.ts';

export const ADMIN_EMAIL = 'boss@example.com';
export const ADMIN_PASSWORD = 'moss-grown granite 41';
export const USER_PASSWORD = 'seventeen quiet herons';

@Module({})
class AccountsTestModule {
  static with(settings: ApiSettings, controllers: Type<object>[]): DynamicModule {
    return {
      module: AccountsTestModule,
      controllers,
      imports: [
        PersistenceModule.forRoot({
          url: settings.DATABASE_URL,
          poolSize: 6,
          applicationName: 'test-api',
          platformUrl: settings.DATABASE_PLATFORM_URL,
          kek: loadKek(settings),
        }),
        AccountsApiModule.forRoot(settings),
      ],
    };
  }
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  /** Value of the refresh cookie that was set; null when none was. */
  readonly refresh: string | null;
}

export interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly refresh?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** The accounts part of the api on its own database, spoken to without a socket. */
export class AccountsApi {
  /** Every person comes from another network, unless a test says otherwise: the login throttle counts by network. */
  private addresses = 0;

  private constructor(
    readonly db: TestDatabase,
    readonly app: NestFastifyApplication,
    readonly seeded: SeededAccounts,
  ) {}

  static async create(
    overrides: Readonly<Record<string, string>> = {},
    controllers: Type<object>[] = [],
  ): Promise<AccountsApi> {
    const db = await TestDatabase.create();
    const settings = API_ENV.parse({
      NODE_ENV: 'test',
      DATABASE_URL: db.url('app_rw'),
      DATABASE_PLATFORM_URL: db.url('app_platform'),
      ...overrides,
    });
    const admin = await db.source('admin');
    const seeded = await seedAccounts(
      { sql: (text, params) => admin.query(text, [...params]) },
      { DRM_ADMIN_EMAIL: ADMIN_EMAIL, DRM_ADMIN_PASSWORD: ADMIN_PASSWORD, DRM_DEMO: false },
      loadKek(settings),
    );
    const app = await NestFactory.create<NestFastifyApplication>(
      AccountsTestModule.with(settings, controllers),
      new FastifyAdapter({ genReqId: requestIdOf }),
      { logger: ['error'], abortOnError: false },
    );
    app.setGlobalPrefix('api/v1');
    app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest }));
    app.useGlobalFilters(new ProblemFilter());
    app.useGlobalInterceptors(new ReturnsInterceptor(app.get(Reflector)));
    await app.register(cookie as never);
    try {
      await app.init();
    } catch (error) {
      await app.close();
      await db.drop();
      throw error;
    }
    return new AccountsApi(db, app, seeded);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.db.drop();
  }

  async call<Body = Record<string, unknown>>(
    method: Method,
    path: string,
    call: Call = {},
  ): Promise<Answer<Body>> {
    const response = await this.app.inject({
      method,
      url: `/api/v1/${path}`,
      remoteAddress: call.address ?? '127.0.0.1',
      headers: {
        ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }),
        ...call.headers,
      },
      ...(call.refresh !== undefined && { cookies: { drm_refresh: call.refresh } }),
      ...(call.body !== undefined && { payload: call.body as object }),
    });
    const set = response.cookies.find((candidate) => candidate.name.endsWith('drm_refresh'));
    return {
      status: response.statusCode,
      body: (response.body === '' ? null : response.json()) as Body,
      headers: response.headers,
      refresh: set === undefined ? null : set.value,
    };
  }

  freshAddress(): string {
    this.addresses += 1;
    return `10.${this.addresses >> 8}.${this.addresses & 255}.7`;
  }

  async login(
    email = ADMIN_EMAIL,
    password = ADMIN_PASSWORD,
  ): Promise<Session & { refresh: string }> {
    const answer = await this.call<Session>('POST', 'auth/login', {
      body: { email, password },
      address: this.freshAddress(),
    });
    if (answer.status !== 200) throw new Error(`login of ${email}: ${JSON.stringify(answer.body)}`);
    return { ...answer.body, refresh: answer.refresh ?? '' };
  }

  /** Invites a person to the tenant of the token and accepts for them. */
  async addUser(
    token: string,
    email: string,
    roleId: string,
  ): Promise<Session & { refresh: string }> {
    const invited = await this.call<Invitation>('POST', 'users/invitations', {
      token,
      body: { email, displayName: email, roleId },
    });
    if (invited.body.link === null) throw new Error('this person has an account');
    const accepted = await this.call<Session>('POST', 'auth/accept-invitation', {
      body: { token: linkToken(invited.body), password: USER_PASSWORD },
    });
    if (accepted.status !== 200) throw new Error(JSON.stringify([invited.body, accepted.body]));
    return { ...accepted.body, refresh: accepted.refresh ?? '' };
  }

  /** A tenant, with a tenant administrator who signed in. */
  async addTenant(
    platformToken: string,
    slug: string,
  ): Promise<{ tenant: Tenant; admin: Session & { refresh: string } }> {
    const made = await this.call<Tenant>('POST', 'tenants', {
      token: platformToken,
      body: { slug, name: `Tenant ${slug}` },
    });
    const entered = await this.call<Session>('POST', 'auth/switch-tenant', {
      token: platformToken,
      body: { tenantId: made.body.id, reason: 'set-up' },
    });
    const admin = await this.addUser(
      entered.body.accessToken,
      `admin@${slug}.example.com`,
      'tenant-admin',
    );
    return { tenant: made.body, admin };
  }

  async addKey(token: string, permissions: readonly string[]): Promise<CreatedApiKey> {
    const made = await this.call<CreatedApiKey>('POST', 'api-keys', {
      token,
      body: { name: 'script', permissions },
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body;
  }

  async sql<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
    const admin = await this.admin();
    return await admin.query<Row[]>(text, params);
  }

  private adminSource: ReturnType<TestDatabase['source']> | null = null;
  private admin(): ReturnType<TestDatabase['source']> {
    this.adminSource ??= this.db.source('admin');
    return this.adminSource;
  }
}

export const linkToken = (invitation: Invitation): string =>
  invitation.link?.split('#token=')[1] ?? '';
