import type { OrderedMap } from '../ordered-map.ts';
import { amount } from './numbers.ts';

/** A reverse walk without a start begins here, so keys that begin with this byte are skipped: the server's defect. */
const HIGHEST_START = '\xff';

/** Keys above `start` up to `end`, at most `limit`; empty bounds are open, an empty key is not shown. */
export function keysUp(map: OrderedMap<unknown> | undefined, start: string, end: string, limit: string): string[] {
  return take(map?.above(start) ?? [], amount(limit), (key) => end === '' || key <= end);
}

/** The same downwards: below `start`, down to `end`; here an empty key is shown. */
export function keysDown(map: OrderedMap<unknown> | undefined, start: string, end: string, limit: string): string[] {
  const from = start === '' ? HIGHEST_START : start;
  return take(map?.below(from) ?? [], amount(limit), (key) => key >= end);
}

/** The first `limit` items, as long as `within` holds. */
export function take<T>(items: Iterable<T>, limit: number, within: (item: T) => boolean = () => true): T[] {
  const taken: T[] = [];
  if (limit <= 0) return taken;
  for (const item of items) {
    if (!within(item)) break;
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}
