import type { EventPosition } from '@drm/persistence';

const ID = /^(\d{1,9})\.(\d{1,20})\.(\d{1,19})$/;

/** The SSE id of a position: `<epoch>.<transaction>.<place>`, opaque to clients. */
export const eventId = (epoch: number, { tx, pos }: EventPosition): string =>
  `${epoch}.${tx}.${pos}`;

/** The position an id stands for; null when it is not ours or of another epoch. */
export function positionOf(id: string, epoch: number): EventPosition | null {
  const [, ofEpoch, tx, pos] = ID.exec(id) ?? [];
  if (ofEpoch === undefined || tx === undefined || pos === undefined) return null;
  return Number(ofEpoch) === epoch ? { tx, pos } : null;
}

/** Negative, 0 or positive as `a` is before, at or after `b`. */
export function comparePositions(a: EventPosition, b: EventPosition): number {
  const byTx = BigInt(a.tx) - BigInt(b.tx);
  const difference = byTx === 0n ? BigInt(a.pos) - BigInt(b.pos) : byTx;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
