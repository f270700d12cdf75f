import type { DeviceFilter } from '@drm/contracts';
import { Conditions, contactConditions, rowConditions } from './device-filter.ts';
import { afterPosition, orderBy, type DeviceOrder, type DevicePosition } from './device-order.ts';

export interface ListSql {
  readonly text: string;
  readonly params: readonly unknown[];
}

export interface ListQuestion {
  readonly tenantId: string;
  readonly filter: DeviceFilter;
  readonly order: DeviceOrder;
  readonly after: DevicePosition | null;
  /** Rows wanted, the one that tells of a next page included. */
  readonly rows: number;
}

/** A filter that an index finds devices by. */
export const POSTINGS = ['tag', 'protocol', 'reachability', 'lastContact', 'q'] as const;
export type Posting = (typeof POSTINGS)[number];

/** What a list shows of a device; `sort_key` is the exact text a cursor carries. */
const columns = (order: DeviceOrder): string =>
  `d.id, d.name, d.serial_number, d.vendor, d.model, d.software_version, d.reachability, d.last_contact_at,
   d.simulated, d.tags, d.protocols, d.address, d.created_at,
   ${order.column === null ? 'NULL' : `d.${order.column}::text`} AS sort_key`;

/** One row of the table, found by its key. OFFSET 0 keeps the planner from turning it into a join of its own. */
const theDevice = (id: string, where: string): string =>
  `CROSS JOIN LATERAL (SELECT d.* FROM drm.device d
     WHERE d.tenant_id = $1 AND d.id = ${id} AND ${where} OFFSET 0) d`;

interface Source {
  /** Yields alias `d` (a device) or `f` (a row that names one), in the order of the list. */
  readonly text: string;
  readonly alias: 'd' | 'f';
  /** What the source does not compare itself. */
  readonly rest: DeviceFilter;
}

const NAMED = {
  tag: { table: 'device_tag', column: 'tag' },
  protocol: { table: 'device_endpoint', column: 'protocol' },
} as const;

/** What leads a walk: the index of the tag, of the protocol, or one of the device rows. */
export type Lead = 'tag' | 'protocol' | 'row';

/** The indexes that yield the order and compare a part of the filter, most selective first. */
export function leadsOf({ filter, order }: ListQuestion): readonly [Lead, ...Lead[]] {
  if (order.column === 'contact_key') return ['row'];
  const leads: Lead[] = (['tag', 'protocol'] as const).filter((name) => filter[name] !== undefined);
  const [first, ...more] = leads;
  if (first === undefined) return ['row'];
  return filter.reachability === undefined ? [first, ...more] : [first, ...more, 'row'];
}

function source(question: ListQuestion, params: unknown[], lead: Lead): Source {
  const { filter, order, after } = question;
  if (lead !== 'row') {
    const { [lead]: value, ...rest } = filter;
    params.push(value);
    const keys = order.column === null ? 'f.device_id' : 'f.name_key, f.device_id';
    const conditions = ['f.tenant_id = $1', `f.${NAMED[lead].column} = $${params.length}`];
    if (after !== null) conditions.push(afterPosition(order, after, params, 'f', 'device_id'));
    // A device may have several endpoints of one protocol.
    const distinct = lead === 'protocol' ? 'DISTINCT ' : '';
    return {
      text: `SELECT ${distinct}${keys} FROM drm.${NAMED[lead].table} f WHERE ${conditions.join(' AND ')}
             ORDER BY ${orderBy(order, 'f', 'device_id')}`,
      alias: 'f',
      rest,
    };
  }
  const { reachability, lastContactBefore, lastContactAfter, ...others } = filter;
  const inContactOrder = order.column === 'contact_key';
  const contact = {
    ...(lastContactBefore !== undefined && { lastContactBefore }),
    ...(lastContactAfter !== undefined && { lastContactAfter }),
  };
  const conditions = new Conditions(params);
  conditions.parts.push('d.tenant_id = $1');
  if (reachability !== undefined) conditions.add(reachability, (at) => `d.reachability = ${at}`);
  if (inContactOrder) contactConditions(conditions, contact);
  if (after !== null) conditions.parts.push(afterPosition(order, after, params, 'd'));
  return {
    text: `SELECT d.* FROM drm.device d WHERE ${conditions.where} ORDER BY ${orderBy(order, 'd')}`,
    alias: 'd',
    rest: inContactOrder ? others : { ...others, ...contact },
  };
}

/** Whether one index answers the whole question. */
export const isDirect = (question: ListQuestion): boolean =>
  Object.keys(source(question, [question.tenantId], leadsOf(question)[0]).rest).length === 0;

/**
 * Walks an index in the order of the list and compares the rest of the filter row by row.
 * @param bound rows to look at, null for all of them
 */
export function walkSql(question: ListQuestion, lead: Lead, bound: number | null): ListSql {
  const params: unknown[] = [question.tenantId];
  const { text, alias, rest } = source(question, params, lead);
  const limited = bound === null ? text : `${text} LIMIT ${bound}`;
  const where = rowConditions(new Conditions(params), rest).where;
  const from =
    alias === 'd'
      ? `(${limited}${bound === null ? ' OFFSET 0' : ''}) d WHERE ${where}`
      : `(${limited}) f ${theDevice('f.device_id', where)}`;
  const order = orderBy(question.order, alias, alias === 'd' ? 'id' : 'device_id');
  return {
    text: `SELECT ${columns(question.order)} FROM ${from} ORDER BY ${order} LIMIT ${question.rows}`,
    params,
  };
}

/** Tells whether the walk saw the end of its index within the bound. */
export function endSql(question: ListQuestion, lead: Lead, bound: number): ListSql {
  const params: unknown[] = [question.tenantId];
  const { text } = source(question, params, lead);
  return {
    text: `SELECT count(*)::int < ${bound} AS ended FROM (${text} LIMIT ${bound}) s`,
    params,
  };
}

/**
 * Takes the first ids of a text in the order of the list, looks each device up and compares the rest. Answers one row
 * at least: `candidates` is how many ids there were; fewer than `limit` means that there are no more.
 * Not for lists sorted by contact: the search does not know it.
 */
export function searchSql(question: ListQuestion, limit: number): ListSql {
  const { filter, order, after, rows, tenantId } = question;
  const sorted = order.column === null ? 'id' : 'name';
  const params: unknown[] = [tenantId, filter.q, sorted, order.descending, after?.key, after?.id];
  const where = rowConditions(new Conditions(params), filter).where;
  return {
    text: `WITH ids AS MATERIALIZED (SELECT s.id, s.n FROM
        search.devices($2, ${limit}, $3, $4, $5, $6::uuid) WITH ORDINALITY AS s (id, n))
      SELECT n.candidates, p.* FROM (SELECT count(*)::int AS candidates FROM ids) n LEFT JOIN LATERAL (
        SELECT ${columns(order)}, ids.n FROM ids ${theDevice('ids.id', where)}
        ORDER BY ids.n LIMIT ${rows}) p ON true ORDER BY p.n`,
    params,
  };
}

/** Which postings the filter has. */
export function postingsOf(filter: DeviceFilter): readonly Posting[] {
  return POSTINGS.filter((posting) => {
    if (posting === 'lastContact')
      return filter.lastContactBefore !== undefined || filter.lastContactAfter !== undefined;
    return filter[posting] !== undefined;
  });
}

/** Ids of one posting, at most `limit`; ordered by their index, so that this index is what is read. */
function idsSql(posting: Posting, filter: DeviceFilter, params: unknown[], limit: number): string {
  const conditions = new Conditions(params);
  switch (posting) {
    case 'tag':
      conditions.add(filter.tag, (at) => `f.tag = ${at}`);
      return `SELECT f.device_id AS id FROM drm.device_tag f WHERE f.tenant_id = $1 AND ${conditions.where}
              ORDER BY f.device_id LIMIT ${limit}`;
    case 'protocol':
      conditions.add(filter.protocol, (at) => `f.protocol = ${at}`);
      return `SELECT DISTINCT f.device_id AS id FROM drm.device_endpoint f
              WHERE f.tenant_id = $1 AND ${conditions.where} ORDER BY f.device_id LIMIT ${limit}`;
    case 'reachability':
      conditions.add(filter.reachability, (at) => `d.reachability = ${at}`);
      return `SELECT d.id FROM drm.device d WHERE d.tenant_id = $1 AND ${conditions.where}
              ORDER BY d.id LIMIT ${limit}`;
    case 'lastContact':
      contactConditions(conditions, filter);
      return `SELECT d.id FROM drm.device d WHERE d.tenant_id = $1 AND ${conditions.where}
              ORDER BY d.contact_key, d.id LIMIT ${limit}`;
    case 'q':
      conditions.add(filter.q, (at) => at);
      return `SELECT s AS id FROM search.devices(${conditions.where}, ${limit}) s`;
  }
}

/** Counts postings, each up to `limit`: one row, one column a posting. */
export function probeSql(
  question: ListQuestion,
  postings: readonly Posting[],
  limit: number,
): ListSql {
  const params: unknown[] = [question.tenantId];
  const counts = postings.map(
    (posting) =>
      `(SELECT count(*)::int FROM (${idsSql(posting, question.filter, params, limit)}) s) AS "${posting}"`,
  );
  return { text: `SELECT ${counts.join(', ')}`, params };
}

/**
 * Takes all ids of a posting, looks each device up, compares the rest and sorts. Answers one row at least:
 * `candidates` is how many ids there were; over `limit` nothing was looked up.
 */
export function gatherSql(question: ListQuestion, posting: Posting, limit: number): ListSql {
  const { filter, order, after, rows } = question;
  const params: unknown[] = [question.tenantId];
  const ids = idsSql(posting, filter, params, limit + 1);
  const conditions = rowConditions(new Conditions(params), filter);
  if (after !== null) conditions.parts.push(afterPosition(order, after, params, 'd'));
  return {
    text: `WITH ids AS MATERIALIZED (${ids}), n AS MATERIALIZED (SELECT count(*)::int AS candidates FROM ids)
      SELECT n.candidates, p.* FROM n LEFT JOIN LATERAL (
        SELECT ${columns(order)} FROM ids ${theDevice('ids.id', conditions.where)}
        WHERE n.candidates <= ${limit} ORDER BY ${orderBy(order, 'd')} LIMIT ${rows}) p ON true`,
    params,
  };
}

/** Counts the ids of a posting (`candidates`, at most `limit` + 1) and those of them that match (`count`). */
export function countGatheredSql(question: ListQuestion, posting: Posting, limit: number): ListSql {
  const params: unknown[] = [question.tenantId];
  const ids = idsSql(posting, question.filter, params, limit + 1);
  const where = rowConditions(new Conditions(params), question.filter).where;
  return {
    text: `WITH ids AS MATERIALIZED (${ids}), n AS MATERIALIZED (SELECT count(*)::int AS candidates FROM ids)
      SELECT n.candidates, (SELECT count(*)::int FROM ids ${theDevice('ids.id', where)}
        WHERE n.candidates <= ${limit}) AS count FROM n`,
    params,
  };
}

/** Counts matches along an index, up to `limit` + 1, or all when it is null. */
export function countWalkedSql(question: ListQuestion, limit: number | null): ListSql {
  const params: unknown[] = [question.tenantId];
  const { text, alias, rest } = source(question, params, leadsOf(question)[0]);
  const where = rowConditions(new Conditions(params), rest).where;
  const inner = `(${text}${limit === null ? ' OFFSET 0' : ''}) ${alias}`;
  const lookUp =
    alias === 'd' ? `WHERE ${where}` : where === 'true' ? '' : theDevice('f.device_id', where);
  const capped = limit === null ? '' : ` LIMIT ${limit + 1}`;
  return {
    text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM ${inner} ${lookUp}${capped}) m`,
    params,
  };
}
