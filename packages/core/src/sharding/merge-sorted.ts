/**
 * Sorted lists of several servers as one, in the order of bytes. Lists are flat: an entry is `width` elements, of which
 * the first is compared. Of equal entries the one of the earlier list comes first; none is dropped.
 *
 * With the few servers that a client has, the next entry is found by looking at the head of every list.
 */

import type { Arg } from '../command/command.ts';
import { compareBytes } from './byte-order.ts';

/** How the lists are sorted, and what an entry is. */
export interface SortedLists {
  /**
   * Elements per entry: 2 for key and value.
   *
   * @default 1
   */
  readonly width?: number | undefined;
  /**
   * From the highest entry to the lowest.
   *
   * @default false
   */
  readonly descending?: boolean | undefined;
}

/** One list and how far it has been read. */
interface Head {
  list: readonly Arg[];
  at: number;
}

/** The first `limit` entries of all lists together. Default: all. */
export function mergeSorted<T extends Arg>(
  lists: readonly (readonly T[])[],
  { width = 1, descending = false, limit = Number.POSITIVE_INFINITY }: SortedLists & { readonly limit?: number } = {},
): T[] {
  const heads = lists.map((list) => ({ list, at: 0 }));
  const merged: T[] = [];
  while (merged.length < limit * width) {
    const head = nextHead(heads, descending);
    if (head === undefined) break;
    takeEntry(head, width, merged);
  }
  return merged;
}

/** The list whose next entry comes first; undefined when all are at their end. */
function nextHead<H extends Head>(heads: readonly H[], descending: boolean): H | undefined {
  let first: H | undefined;
  for (const head of heads) {
    if (head.at >= head.list.length) continue;
    if (first === undefined || comesBefore(head, first, descending)) first = head;
  }
  return first;
}

function comesBefore(a: Head, b: Head, descending: boolean): boolean {
  const order = compareBytes(a.list[a.at] as Arg, b.list[b.at] as Arg);
  return descending ? order > 0 : order < 0;
}

function takeEntry(head: Head, width: number, into: Arg[]): void {
  for (let i = 0; i < width; i++) into.push(head.list[head.at++] as Arg);
}

/** The pages of one server; `list` is the page that is being read. */
interface Source extends Head {
  readonly pages: AsyncIterator<readonly Arg[], unknown, undefined>;
  done: boolean;
}

/**
 * The same for lists that come page by page: one page per server is held. The first pages are asked for together, and
 * what is yielded is always as much as the pages at hand allow. When a server fails, its error ends the iteration;
 * that, and a loop that is left early, ends the pages of all servers.
 */
export async function* mergePages<T extends Arg>(
  servers: readonly AsyncIterable<readonly T[]>[],
  { width = 1, descending = false }: SortedLists = {},
): AsyncGenerator<T[], void, undefined> {
  const sources = servers.map(sourceOf);
  try {
    await Promise.all(sources.map(fill));
    for (let page = takePage<T>(sources, width, descending); page.length > 0; ) {
      yield page;
      await Promise.all(sources.map(fill));
      page = takePage(sources, width, descending);
    }
  } finally {
    for (const source of sources) endPages(source);
  }
}

function sourceOf(pages: AsyncIterable<readonly Arg[]>): Source {
  return { pages: pages[Symbol.asyncIterator](), done: false, list: [], at: 0 };
}

/** Asks for the next page when the one at hand has been read. A page may be empty without being the last. */
async function fill(source: Source): Promise<void> {
  while (source.at >= source.list.length && !source.done) {
    const next = await source.pages.next();
    if (next.done === true) source.done = true;
    else [source.list, source.at] = [next.value, 0];
  }
}

/** Entries in order, until a source needs its next page. Empty when all sources are at their end. */
function takePage<T extends Arg>(sources: readonly Source[], width: number, descending: boolean): T[] {
  const page: T[] = [];
  for (let source = nextHead(sources, descending); source !== undefined; source = nextHead(sources, descending)) {
    takeEntry(source, width, page);
    if (source.at >= source.list.length) break;
  }
  return page;
}

/** This end is not awaited: a server that failed must not be hidden behind one that does not answer. */
function endPages(source: Source): void {
  if (source.done) return;
  source.done = true;
  source.pages.return?.().catch(() => undefined);
}
