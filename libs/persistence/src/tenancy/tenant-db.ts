import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, QueryRunner } from 'typeorm';
import type { PoolClient } from 'pg';
import { DomainError } from '@drm/domain';
import { databaseError, isRetryable } from './sqlstate.ts';
import { TenantTx } from './tenant-tx.ts';

/** What crosses tenants, and why. Such a transaction sees no tenant row: only definer functions answer. */
export type SystemPurpose = 'identity' | 'engine' | 'maintenance' | 'health' | 'metrics';

export interface RunOptions {
  /** `ro` makes the database refuse writes. */
  readonly mode?: 'rw' | 'ro';
  readonly timeoutMs?: number;
  /** Repeats on serialization failures and deadlocks, up to 5 times; `work` must have no outside effect. */
  readonly retry?: boolean;
}

export interface SlowTransaction {
  readonly elapsedMs: number;
  readonly stack: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RETRIES = 5;
const SLOW_MS = 1000;

interface Scope {
  readonly tenantId: string | null;
  readonly tx: TenantTx;
}

/** TypeORM opens and ends transactions by these two; it must know of ours or `save()` would commit early. */
type OpenRunner = QueryRunner & {
  isTransactionActive: boolean;
  transactionDepth: number;
  releasePostgresConnection(error?: Error): Promise<void>;
};

/**
 * The only door to the database. `run` is one transaction of one tenant: row-level security shows that tenant's
 * rows and no others. Keep it short and free of network, queue, file and device calls.
 */
export class TenantDb {
  private readonly scope = new AsyncLocalStorage<Scope>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly platformSource: DataSource | null = null,
    private readonly onSlow: (slow: SlowTransaction) => void = () => undefined,
  ) {}

  /**
   * Runs `work` in a transaction of the tenant. A nested call of the same tenant joins; of another one throws.
   * @throws DomainError `database.unavailable` | `database.full`, and whatever `work` throws
   */
  async run<T>(
    tenantId: string,
    work: (tx: TenantTx) => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    if (!UUID.test(tenantId)) throw new Error('TenantDb.run needs the UUID of a tenant.');
    const outer = this.scope.getStore();
    if (outer !== undefined) {
      if (outer.tenantId !== tenantId)
        throw new Error('A transaction of another tenant is open here.');
      return await work(outer.tx);
    }
    const settings = `SET LOCAL app.tenant_id = '${tenantId}'`;
    return await this.transaction(this.dataSource, settings, tenantId, work, options);
  }

  /** A transaction without a tenant: zero rows of every tenant table, only the listed functions cross. */
  async asSystem<T>(
    purpose: SystemPurpose,
    work: (tx: TenantTx) => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    if (this.scope.getStore() !== undefined)
      throw new Error(`A tenant's transaction is open here (${purpose}).`);
    return await this.transaction(this.dataSource, '', null, work, options);
  }

  /** Read-only, over all tenants, as role app_platform. The caller has checked `tenants:admin` and audits. */
  async asPlatform<T>(reason: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    if (this.platformSource === null) {
      throw new DomainError('internal', 'DATABASE_PLATFORM_URL is not set.');
    }
    const stated = reason.replaceAll("'", '’').replaceAll('\\', '/').slice(0, 200);
    const settings = `SET LOCAL app.platform_reason = '${stated === '' ? 'unstated' : stated}'`;
    return await this.transaction(this.platformSource, settings, null, work, { mode: 'ro' });
  }

  /**
   * One read-only statement of a tenant; BEGIN, statement and COMMIT share one trip. For hot reads.
   * @throws DomainError `database.unavailable`
   */
  async read<Row extends object>(
    tenantId: string,
    text: string,
    params: readonly unknown[],
  ): Promise<Row[]> {
    if (!UUID.test(tenantId)) throw new Error('TenantDb.read needs the UUID of a tenant.');
    const outer = this.scope.getStore();
    if (outer !== undefined) return await this.run(tenantId, (tx) => tx.sql<Row>(text, params));
    const { runner, client } = await this.connect(this.dataSource);
    try {
      const [, result] = await Promise.all([
        client.query(`BEGIN READ ONLY; SET LOCAL app.tenant_id = '${tenantId}'`),
        client.query<Row>(text, [...params]),
        client.query('COMMIT'),
      ]);
      await runner.release();
      return result.rows;
    } catch (error) {
      await this.abandon(runner, client);
      throw databaseError(error);
    }
  }

  private async transaction<T>(
    source: DataSource,
    settings: string,
    tenantId: string | null,
    work: (tx: TenantTx) => Promise<T>,
    options: RunOptions,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(source, settings, tenantId, work, options);
      } catch (error) {
        const again = options.retry === true && attempt <= RETRIES && isRetryable(error);
        if (!again) throw error;
        await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * (5 + Math.random() * 5)));
      }
    }
  }

  private async once<T>(
    source: DataSource,
    settings: string,
    tenantId: string | null,
    work: (tx: TenantTx) => Promise<T>,
    options: RunOptions,
  ): Promise<T> {
    const { runner, client } = await this.connect(source);
    const began = performance.now();
    const timeout =
      options.timeoutMs === undefined
        ? ''
        : `;SET LOCAL statement_timeout = ${Math.ceil(options.timeoutMs)}`;
    // Not awaited: the connection is pipelined, so the first statement of `work` rides in the same trip.
    const opened = client.query(
      `BEGIN${options.mode === 'ro' ? ' READ ONLY' : ''};${settings}${timeout}`,
    );
    opened.catch(() => undefined);
    runner.isTransactionActive = true;
    runner.transactionDepth = 1;
    const tx = new TenantTx(client, runner.manager, tenantId);
    try {
      const result = await this.scope.run({ tenantId, tx }, () => work(tx));
      tx.close();
      await opened;
      const committed = await client.query('COMMIT');
      // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and the work went on regardless.
      if (committed.command !== 'COMMIT')
        throw new Error('The transaction was rolled back: a failed statement was ignored.');
      runner.isTransactionActive = false;
      await runner.release();
      return result;
    } catch (error) {
      tx.close();
      await this.abandon(runner, client);
      throw databaseError(error);
    } finally {
      const elapsedMs = performance.now() - began;
      if (elapsedMs > SLOW_MS)
        this.onSlow({ elapsedMs: Math.round(elapsedMs), stack: new Error('slow').stack ?? '' });
    }
  }

  private async connect(source: DataSource): Promise<{ runner: OpenRunner; client: PoolClient }> {
    try {
      const runner = source.createQueryRunner() as OpenRunner;
      const client = (await runner.connect()) as PoolClient;
      return { runner, client };
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Rolls back; a client that cannot even do that is destroyed, never reused. */
  private async abandon(runner: OpenRunner, client: PoolClient): Promise<void> {
    runner.isTransactionActive = false;
    try {
      await client.query('ROLLBACK');
      await runner.release();
    } catch (error) {
      await runner.releasePostgresConnection(
        error instanceof Error ? error : new Error('rollback failed'),
      );
    }
  }
}
