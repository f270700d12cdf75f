import type { Count, DeviceFilter, DeviceQuery, DeviceSummary, Page } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { sqlState } from '../tenancy/sqlstate.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { pageFrom } from '../tenancy/keyset.ts';
import {
  countGatheredSql,
  countWalkedSql,
  endSql,
  gatherSql,
  isDirect,
  leadsOf,
  postingsOf,
  probeSql,
  searchSql,
  walkSql,
  type Lead,
  type ListQuestion,
  type Posting,
} from './device-list-sql.ts';
import { deviceCursor, deviceOrder, devicePosition } from './device-order.ts';
import { toSummary, type SummaryRow } from './device-rows.ts';

interface ListRow extends SummaryRow {
  readonly sort_key: string | null;
}

/** Bounds of one attempt, in rows. */
export interface ListAttempt {
  readonly walk: number;
  readonly gather: number;
}

/**
 * A walk finds what is common, gathering finds what is rare, whatever the text and the other filters are; the first
 * attempt is cheap enough to be wrong. Both fail together only where many devices match one filter, few match all,
 * and those lie far down in the order: the second attempt, and then a walk to the end, pay for that.
 */
const FIRST: ListAttempt = { walk: 1000, gather: 5000 };
const SECOND: ListAttempt = { walk: 30_000, gather: 100_000 };
/**
 * A walk that found some rows is repeated over as many as should fill the page, and half as many again, unless that
 * is more than twice what gathering may take: a row walked costs half of one looked up by its id.
 */
const MARGIN = 1.5;

/**
 * Estimates of a tenant's share are far off under row-level security, and a wrong one here reads the whole tenant.
 * The statements name their index by their order; a sort or a bitmap instead of it is never right.
 */
const PLANNER = `SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_incremental_sort', 'off', true), set_config('enable_hashagg', 'off', true)`;

/** A walk to the end is rare and may take longer than other statements. */
const LAST_RESORT_MS = 20_000;
/** A count has no page to fill. */
const COUNTING = 0;

export const COUNT_CAP = 10_000;

/** Lists devices by keyset, over every filter and sort of the contract. */
export class DeviceList {
  /** @param first, second bounds of the attempts; tests give small ones to reach every way with few devices */
  constructor(
    private readonly first: ListAttempt = FIRST,
    private readonly second: ListAttempt = SECOND,
  ) {}

  /** @throws DomainError `request.bad_cursor` */
  async page(tx: TenantTx, query: DeviceQuery): Promise<Page<DeviceSummary>> {
    const { cursor, limit, sort, ...filter } = query;
    const order = deviceOrder(sort);
    const question: ListQuestion = {
      tenantId: tenantOf(tx),
      filter: withoutAbsent(filter),
      order,
      after: cursor === undefined ? null : devicePosition(order, cursor),
      rows: limit + 1,
    };
    await tx.sql(PLANNER);
    const rows = await this.find(tx, question).catch((error: unknown) => {
      // A time such as February 30 passes for one until the database reads it (SQLSTATE class 22).
      const isForged = cursor !== undefined && (sqlState(error)?.startsWith('22') ?? false);
      throw isForged ? new DomainError('request.bad_cursor', undefined, { cause: error }) : error;
    });
    const page = pageFrom(rows, limit, (row) =>
      deviceCursor(order, { key: row.sort_key, id: row.id }),
    );
    return { items: page.items.map(toSummary), nextCursor: page.nextCursor };
  }

  /** Exact up to 10,000; above, 10,000 and `exact: false` unless `exact` is asked for. */
  async count(tx: TenantTx, asked: DeviceFilter, exact: boolean): Promise<Count> {
    const filter = withoutAbsent(asked);
    if (Object.keys(filter).length === 0) return await this.total(tx);
    const order = deviceOrder('createdAt');
    const question = { tenantId: tenantOf(tx), filter, order, after: null, rows: COUNTING };
    await tx.sql(PLANNER);
    const count = await this.countUpTo(tx, question, exact ? null : COUNT_CAP);
    return count > COUNT_CAP && !exact
      ? { count: COUNT_CAP, exact: false }
      : { count, exact: true };
  }

  /** All devices of the tenant, from the counter that triggers keep. */
  async total(tx: TenantTx): Promise<Count> {
    const [row] = await tx.sql<{ devices: number }>(
      'SELECT devices FROM drm.tenant_limit WHERE tenant_id = $1',
      [tenantOf(tx)],
    );
    return { count: row?.devices ?? 0, exact: true };
  }

  private async countUpTo(
    tx: TenantTx,
    question: ListQuestion,
    cap: number | null,
  ): Promise<number> {
    const posting = isDirect(question)
      ? null
      : await this.rarest(tx, question, postingsOf(question.filter), COUNT_CAP);
    if (posting !== null) {
      const { text, params } = countGatheredSql(question, posting, COUNT_CAP);
      const [row] = await tx.sql<{ candidates: number; count: number }>(text, params);
      if (row !== undefined && row.candidates <= COUNT_CAP) return row.count;
    }
    const { text, params } = countWalkedSql(question, cap);
    const [row] = await tx.sql<{ count: number }>(text, params);
    return row?.count ?? 0;
  }

  private async find(tx: TenantTx, question: ListQuestion): Promise<readonly ListRow[]> {
    const leads = leadsOf(question);
    if (isDirect(question)) return await this.walk(tx, question, leads[0], null);
    const postings = postingsOf(question.filter);
    for (const attempt of [this.first, this.second]) {
      const page =
        (await this.walkOn(tx, question, leads, attempt.walk)) ??
        (await this.gatherRarest(tx, question, postings, attempt.gather)) ??
        (await this.search(tx, question, attempt));
      if (page !== null) return page;
    }
    await tx.sql(`SELECT set_config('statement_timeout', '${LAST_RESORT_MS}', true)`);
    return await this.walk(tx, question, leads[0], null);
  }

  /**
   * Walks `bound` rows of each index: devices of a kind lie together in the order, so that one index may have all of
   * the page where another has none. Goes on along the best one when that promises to fill the page.
   * @returns null when the page is not full and there may be more
   */
  private async walkOn(
    tx: TenantTx,
    question: ListQuestion,
    leads: readonly [Lead, ...Lead[]],
    bound: number,
  ): Promise<readonly ListRow[] | null> {
    let best = { lead: leads[0], found: 0 };
    for (const lead of leads) {
      const walked = await this.walk(tx, question, lead, bound);
      if (walked.length === question.rows) return walked;
      const end = endSql(question, lead, bound);
      const [seen] = await tx.sql<{ ended: boolean }>(end.text, end.params);
      if (seen?.ended === true) return walked;
      if (walked.length > best.found) best = { lead, found: walked.length };
    }
    const promising = Math.ceil((bound * MARGIN * question.rows) / best.found);
    return promising <= 2 * this.first.gather
      ? await this.walkOn(tx, question, [best.lead], promising)
      : null;
  }

  private async gatherRarest(
    tx: TenantTx,
    question: ListQuestion,
    postings: readonly Posting[],
    limit: number,
  ): Promise<readonly ListRow[] | null> {
    const posting = await this.rarest(tx, question, postings, limit);
    return posting === null ? null : await this.gather(tx, question, posting, limit);
  }

  private async walk(
    tx: TenantTx,
    question: ListQuestion,
    lead: Lead,
    bound: number | null,
  ): Promise<readonly ListRow[]> {
    const { text, params } = walkSql(question, lead, bound);
    return await tx.sql<ListRow>(text, params);
  }

  /** Null when the order is not the search's, or the first `limit` texts do not fill the page. */
  private async search(
    tx: TenantTx,
    question: ListQuestion,
    attempt: ListAttempt,
  ): Promise<readonly ListRow[] | null> {
    if (question.filter.q === undefined || question.order.column === 'contact_key') return null;
    // Alone, the text decides: twice the page is enough but where folding made many texts equal.
    const isAlone = Object.keys(question.filter).length === 1;
    const limits =
      isAlone && attempt === this.first ? [question.rows * 2, attempt.gather] : [attempt.gather];
    for (const limit of limits) {
      const { text, params } = searchSql(question, limit);
      const rows = await tx.sql<ListRow & { candidates: number; id: string | null }>(text, params);
      const found = rows.filter((row) => row.id !== null);
      const isComplete = (rows[0]?.candidates ?? 0) < limit;
      if (isComplete || found.length === question.rows) return found;
    }
    return null;
  }

  /** The posting with the fewest devices, if it has at most `limit`. Text is left to `gather`: counting is finding. */
  private async rarest(
    tx: TenantTx,
    question: ListQuestion,
    postings: readonly Posting[],
    limit: number,
  ): Promise<Posting | null> {
    const counted = postings.filter((posting) => posting !== 'q');
    if (counted.length > 0) {
      const { text, params } = probeSql(question, counted, limit + 1);
      const [counts] = await tx.sql<Record<string, number>>(text, params);
      const few = counted
        .map((posting) => ({ posting, count: counts?.[posting] ?? 0 }))
        .filter(({ count }) => count <= limit)
        .sort((a, b) => a.count - b.count)[0];
      if (few !== undefined) return few.posting;
    }
    // In another order than by contact the search itself yields the page.
    const searches = question.rows === COUNTING || question.order.column === 'contact_key';
    return searches && postings.includes('q') ? 'q' : null;
  }

  /** Null when there are more than `limit` candidates. */
  private async gather(
    tx: TenantTx,
    question: ListQuestion,
    posting: Posting,
    limit: number,
  ): Promise<readonly ListRow[] | null> {
    const { text, params } = gatherSql(question, posting, limit);
    const rows = await tx.sql<ListRow & { candidates: number; id: string | null }>(text, params);
    if ((rows[0]?.candidates ?? 0) > limit) return null;
    return rows.filter((row) => row.id !== null);
  }
}

const withoutAbsent = (filter: DeviceFilter): DeviceFilter =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as DeviceFilter;

function tenantOf(tx: TenantTx): string {
  if (tx.tenantId === null) throw new Error('Devices belong to a tenant.');
  return tx.tenantId;
}
