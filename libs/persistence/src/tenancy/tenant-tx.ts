import type { EntityManager } from 'typeorm';
import type { PoolClient } from 'pg';
import { databaseError } from './sqlstate.ts';

/** The transaction of one use-case. Dead after COMMIT or ROLLBACK: any use throws. */
export class TenantTx {
  private open = true;

  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
    /** The tenant of every row this transaction can see; null in a system transaction. */
    readonly tenantId: string | null,
  ) {}

  /** TypeORM on this transaction's connection. */
  get orm(): EntityManager {
    this.assertOpen();
    return this.manager;
  }

  /**
   * Runs one parameterised, unnamed statement and returns its rows.
   * @throws DomainError for what SQLSTATE says about the request; anything else as it came
   */
  async sql<Row extends object = Record<string, unknown>>(
    text: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.assertOpen();
    try {
      const result = await this.client.query<Row>(text, [...params]);
      return result.rows;
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** As `sql`, for statements whose answer is the number of rows they touched. */
  async execute(text: string, params: readonly unknown[] = []): Promise<number> {
    this.assertOpen();
    try {
      const result = await this.client.query(text, [...params]);
      return result.rowCount ?? 0;
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Called by TenantDb only. */
  close(): void {
    this.open = false;
  }

  private assertOpen(): void {
    if (!this.open)
      throw new Error(
        'The transaction has ended: its tx must not outlive the work it was given to.',
      );
  }
}
