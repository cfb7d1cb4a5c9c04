import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePages, mergeSorted } from './merge-sorted.ts';

const encoder = new TextEncoder();
const text = fc.string({ unit: 'binary', maxLength: 4 });
const byBytes = (a: string, b: string): number => Buffer.compare(encoder.encode(a), encoder.encode(b));

/** Which of up to 5 servers has which keys, and whether they come from the highest to the lowest. */
const spread = fc.record({
  servers: fc.array(fc.array(text, { maxLength: 12 }), { maxLength: 5 }),
  descending: fc.boolean(),
});

function sorted(keys: readonly string[], descending: boolean): string[] {
  const ascending = keys.toSorted(byBytes);
  return descending ? ascending.reverse() : ascending;
}

function withValues(keys: readonly string[], server: number): string[] {
  return keys.flatMap((key) => [key, `${server}:${key}`]);
}

/** The pages of one server, and what has been asked of it. */
class Pages implements AsyncIterableIterator<string[], undefined, undefined> {
  asked = 0;
  ended = false;
  readonly #pages: string[][];
  readonly #error: Error | undefined;

  constructor(pages: string[][], error?: Error) {
    this.#pages = pages;
    this.#error = error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string[], undefined>> {
    const page = this.#pages[this.asked++];
    if (page !== undefined) return { done: false, value: page };
    if (this.#error !== undefined) throw this.#error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<string[], undefined>> {
    this.ended = true;
    return { done: true, value: undefined };
  }
}

function pagesOf(list: readonly string[], size: number): string[][] {
  const pages: string[][] = [];
  for (let i = 0; i < list.length; i += size) pages.push(list.slice(i, i + size));
  return [...pages, []];
}

async function collect(pages: AsyncIterable<readonly string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

describe('sorted lists of several servers', () => {
  it('are one sorted list, cut at the limit', () => {
    fc.assert(
      fc.property(spread, fc.option(fc.nat(20), { nil: undefined }), ({ servers, descending }, limit) => {
        const lists = servers.map((keys) => sorted(keys, descending));
        const merged = mergeSorted(lists, limit === undefined ? { descending } : { descending, limit });
        expect(merged).toEqual(sorted(servers.flat(), descending).slice(0, limit));
      }),
    );
  });

  it('keep each value with its key, and equal keys in the order of the servers', () => {
    fc.assert(
      fc.property(spread, fc.nat(20), ({ servers, descending }, limit) => {
        const lists = servers.map((keys, server) => withValues(sorted(keys, descending), server));
        const tagged = servers.flatMap((keys, server) => keys.map((key) => ({ key, server })));
        const direction = descending ? -1 : 1;
        const expected = tagged.toSorted((a, b) => direction * byBytes(a.key, b.key) || a.server - b.server);
        expect(mergeSorted(lists, { width: 2, descending, limit })).toEqual(
          expected.slice(0, limit).flatMap(({ key, server }) => withValues([key], server)),
        );
      }),
    );
  });

  it('are sorted by bytes also where text would be sorted otherwise', () => {
    expect(mergeSorted([['\uffff'], ['\u{10000}'], ['Z', 'a']])).toEqual(['Z', 'a', '\uffff', '\u{10000}']);
    const bytes = [[Uint8Array.of(0xff)], [Uint8Array.of(0x00), Uint8Array.of(0xfe, 0x01)]];
    expect(mergeSorted(bytes)).toEqual([bytes[1]?.[0], bytes[1]?.[1], bytes[0]?.[0]]);
  });
});

describe('pages of several servers', () => {
  it('are the same as one sorted list, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(spread, fc.integer({ min: 1, max: 5 }), async ({ servers, descending }, size) => {
        const lists = servers.map((keys, server) => withValues(sorted(keys, descending), server));
        const pages = lists.map((list) => new Pages(pagesOf(list, size * 2)));
        const merged = await collect(mergePages(pages, { width: 2, descending }));
        expect(merged).toEqual(mergeSorted(lists, { width: 2, descending }));
      }),
    );
  });

  it('are asked for when the page before has been read, one per server', async () => {
    const pages = [new Pages([['a', 'b'], ['g']]), new Pages([['c', 'd'], ['e']])];
    const merged = mergePages(pages);
    expect((await merged.next()).value).toEqual(['a', 'b']);
    expect(pages.map(({ asked }) => asked)).toEqual([1, 1]);
    expect((await merged.next()).value).toEqual(['c', 'd']);
    expect(pages.map(({ asked }) => asked)).toEqual([2, 1]);
  });

  it('may be empty before the last one', async () => {
    const pages = [new Pages([[], ['b'], []]), new Pages([['a'], [], ['c']])];
    expect(await collect(mergePages(pages))).toEqual(['a', 'b', 'c']);
  });

  it('end with the error of the server that fails, and the other servers are asked no more', async () => {
    const lost = new Error('lost');
    const pages = [new Pages([['a']], lost), new Pages([['b'], ['c']])];
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const page of mergePages(pages)) seen.push(...page);
    };
    await expect(walk()).rejects.toBe(lost);
    expect(seen).toEqual(['a']);
    expect(pages.map(({ asked, ended }) => [asked, ended])).toEqual([
      [2, true],
      [1, true],
    ]);
  });

  it('do not hide a failure behind a server that never answers', async () => {
    const lost = new Error('lost');
    const silent = {
      next: () => new Promise<never>(() => undefined),
      return: () => new Promise<never>(() => undefined),
    };
    const pages = [{ [Symbol.asyncIterator]: () => silent }, new Pages([], lost)];
    await expect(collect(mergePages(pages))).rejects.toBe(lost);
  });

  it('end on all servers when the loop is left', async () => {
    const pages = [new Pages([['a'], ['c']]), new Pages([['b']])];
    for await (const page of mergePages(pages)) {
      expect(page).toEqual(['a']);
      break;
    }
    expect(pages.map(({ ended }) => ended)).toEqual([true, true]);
  });
});
