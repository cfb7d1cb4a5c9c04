import type { Deque } from '../deque.ts';
import type { Context } from './command.ts';

/** Where to push or take. */
export type End = 'LEFT' | 'RIGHT';

/** The items of a list; refuses another type. */
export function itemsOf({ db }: Context, key: string): Deque<string> | undefined {
  return db.get('list', key)?.items;
}

/** Adds an item at one end. */
export function put(items: Deque<string>, end: End, value: string): void {
  if (end === 'LEFT') items.unshift(value);
  else items.push(value);
}
