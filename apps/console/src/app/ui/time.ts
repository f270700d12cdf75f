const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });
const dateTime = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const shortDate = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
});

/** `5 min. ago`, `in 2 hr.`; a plain date beyond seven days. */
export function ageText(iso: string, now: number): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  if (size < MINUTE) return relative.format(seconds, 'second');
  if (size < HOUR) return relative.format(Math.trunc(seconds / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.trunc(seconds / HOUR), 'hour');
  if (size < WEEK) return relative.format(Math.trunc(seconds / DAY), 'day');
  return shortDate.format(at);
}

/** The full local time with its zone, and UTC. */
export function exactTime(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return `${dateTime.format(at)} (${new Date(at).toISOString()})`;
}

/** The full local time with its zone. */
export const localTime = (iso: string): string => {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : dateTime.format(at);
};

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function durationText(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < MINUTE) return `${total} s`;
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
  if (total < HOUR) return two(Math.floor(total / MINUTE), 'min', total % MINUTE, 's');
  if (total < DAY) {
    return two(Math.floor(total / HOUR), 'h', Math.floor((total % HOUR) / MINUTE), 'min');
  }
  return two(Math.floor(total / DAY), 'd', Math.floor((total % DAY) / HOUR), 'h');
}

const grouped = new Intl.NumberFormat();

/** A number, or 64-bit decimal text, with digit groups. */
export const numberText = (value: number | string): string =>
  typeof value === 'string' && /^-?\d+$/.test(value)
    ? grouped.format(BigInt(value))
    : typeof value === 'number'
      ? grouped.format(value)
      : value;

/** A capped count: `10,000+`. */
export const countText = (count: { readonly count: number; readonly exact: boolean }): string =>
  `${grouped.format(count.count)}${count.exact ? '' : '+'}`;
