/** Async iterators over ranges: page after page, each beginning after the last entry of the one before. */
import {
  type Arg,
  ArgumentError,
  Command,
  checkOptions,
  type Data,
  integer,
  pagesOfServers,
  type Spec,
  toArg,
} from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';
import { TypedExecutor } from '../client/typed-executor.ts';
import { highScore, key as keyArg, lowScore, type ScoreBound } from '../commands/support/arguments.ts';
import { blockInteger, blockText, type Scored, wire } from '../commands/support/replies.ts';
import { commandTable } from '../protocol/command-table.ts';
import { lastWith } from '../protocol/key-prefix.ts';

const SCAN_OPTIONS: ReadonlySet<string> = new Set(['start', 'end', 'prefix', 'count']);
const SCORE_OPTIONS: ReadonlySet<string> = new Set(['scoreStart', 'scoreEnd', 'count']);

/** Which part of a range an iterator walks through. */
export interface ScanOptions {
  /** Where to begin, not included; for iterators in descending order the high end. Default: at the border. */
  readonly start?: Data | undefined;
  /** Where to end, included. Default: at the border. */
  readonly end?: Data | undefined;
  /** Only what begins with this; instead of `start` and `end`. */
  readonly prefix?: Data | undefined;
  /**
   * How many entries a page has: what one request asks for.
   *
   * @default 100
   */
  readonly count?: number | undefined;
}

/** Which part of a sorted set an iterator walks through. */
export interface ZscanIteratorOptions {
  /** Where to begin, included; for {@link Scanner.zrscanIterator} the highest score. Default: at the border. */
  readonly scoreStart?: ScoreBound | undefined;
  /** Where to end, included. Default: at the border. */
  readonly scoreEnd?: ScoreBound | undefined;
  /**
   * How many members a page has.
   *
   * @default 100
   */
  readonly count?: number | undefined;
}

type Block = Uint8Array;
type Send = (command: Command<Reply>) => Promise<Reply>;

const MAX_SCORE = '9223372036854775807';

/** What all iterators of one executor share: client, pool, lease and connection. */
export abstract class Scanner<V> extends TypedExecutor<V> {
  /**
   * All plain keys with values, ascending.
   *
   * @example for await (const [key, value] of ssdb.scanIterator({ prefix: 'user:' })) console.log(key, value)
   */
  scanIterator(options: ScanOptions = {}): AsyncGenerator<[key: string, value: V], void, undefined> {
    return this.walkEntries('scan', [], options, false);
  }

  /** All plain keys with values, descending. */
  rscanIterator(options: ScanOptions = {}): AsyncGenerator<[key: string, value: V], void, undefined> {
    return this.walkEntries('rscan', [], options, true);
  }

  /** All fields of a hash with values, ascending. */
  hscanIterator(name: Data, options: ScanOptions = {}): AsyncGenerator<[field: string, value: V], void, undefined> {
    return this.walkEntries('hscan', [keyArg(name, 'name')], options, false);
  }

  /** All fields of a hash with values, descending. */
  hrscanIterator(name: Data, options: ScanOptions = {}): AsyncGenerator<[field: string, value: V], void, undefined> {
    return this.walkEntries('hrscan', [keyArg(name, 'name')], options, true);
  }

  /** All fields of a hash, ascending. */
  hkeysIterator(name: Data, options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('hkeys', [keyArg(name, 'name')], options, false);
  }

  /**
   * All members of a sorted set with scores, from the lowest score.
   *
   * @example for await (const { member, score } of ssdb.zscanIterator('ranking')) console.log(member, score)
   */
  zscanIterator(name: Data, options: ZscanIteratorOptions = {}): AsyncGenerator<Scored<V>, void, undefined> {
    return this.walkMembers('zscan', name, options, false);
  }

  /** All members of a sorted set with scores, from the highest score. */
  zrscanIterator(name: Data, options: ZscanIteratorOptions = {}): AsyncGenerator<Scored<V>, void, undefined> {
    return this.walkMembers('zrscan', name, options, true);
  }

  /** All plain keys, ascending. */
  keysIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('keys', [], options, false);
  }

  /** All plain keys, descending. */
  rkeysIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('rkeys', [], options, true);
  }

  /** The same as {@link keysIterator}, named like those of the other types. */
  klistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.keysIterator(options);
  }

  /** The names of all hashes, ascending. */
  hlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('hlist', [], options, false);
  }

  /** The names of all hashes, descending. */
  hrlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('hrlist', [], options, true);
  }

  /** The names of all sorted sets, ascending. */
  zlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('zlist', [], options, false);
  }

  /** The names of all sorted sets, descending. */
  zrlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('zrlist', [], options, true);
  }

  /** The names of all queues, ascending. */
  qlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('qlist', [], options, false);
  }

  /** The names of all queues, descending. */
  qrlistIterator(options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.walkNames('qrlist', [], options, true);
  }

  protected async *walkEntries(
    command: string,
    head: readonly Arg[],
    options: ScanOptions,
    descending: boolean,
  ): AsyncGenerator<[string, V], void, undefined> {
    for await (const page of this.walkPages(command, head, options, { width: 2, descending })) {
      for (let i = 0; i < page.length; i += 2) yield [blockText(page[i]), this.dataOf(page[i + 1] as Block)];
    }
  }

  /** A range over all keys or names is read from all servers, one page ahead of each; what has a name lies on one. */
  protected walkPages(
    command: string,
    head: readonly Arg[],
    options: ScanOptions,
    { width, descending }: Walk,
  ): AsyncIterable<Block[]> {
    const range = bounds(options, descending);
    const { servers } = this;
    if (head.length > 0 || servers.length < 2) return pages((page) => this.sendPage(page), command, head, range, width);
    const ofServers = servers.map(({ name, client }) => {
      const send: Send = (page) => this.runOn(client, page as unknown as Command<Reply, V>);
      return { server: name, pages: pages(send, command, head, range, width) };
    });
    return pagesOfServers(command, ofServers, { width, descending });
  }

  protected async *walkNames(
    command: string,
    head: readonly Arg[],
    options: ScanOptions,
    descending: boolean,
  ): AsyncGenerator<V, void, undefined> {
    for await (const page of this.walkPages(command, head, options, { width: 1, descending })) {
      for (const name of page) yield this.dataOf(name);
    }
  }

  protected async *walkMembers(
    command: string,
    name: Data,
    options: ZscanIteratorOptions,
    descending: boolean,
  ): AsyncGenerator<Scored<V>, void, undefined> {
    const range = scoreBounds(options, descending);
    for await (const page of scoredPages((page) => this.sendPage(page), command, keyArg(name, 'name'), range)) {
      for (let i = 0; i < page.length; i += 2) {
        yield { member: this.dataOf(page[i] as Block), score: blockInteger(page[i + 1]) };
      }
    }
  }

  /** User data as this executor gives it. Pages are always bytes: a name that is not text must still be the next start. */
  protected dataOf(block: Block): V {
    return (this.bytes ? block : blockText(block)) as V;
  }

  protected sendPage(command: Command<Reply>): Promise<Reply> {
    return this.run(command as unknown as Command<Reply, V>);
  }
}

/** How many blocks an entry has, and which way the walk goes. */
interface Walk {
  readonly width: 1 | 2;
  readonly descending: boolean;
}

interface Range {
  readonly start: Arg;
  readonly end: Arg;
  readonly count: number;
}

interface ScoreRange extends Range {
  /** The member after which to begin. */
  readonly member: Arg;
  /** The highest score that is wanted, when more is asked for. */
  readonly last?: bigint | undefined;
}

function specOf(command: string): Spec {
  return commandTable().get(command) as Spec;
}

/** Each page begins after the last key of the one before; one that is not full is the last. */
async function* pages(
  send: Send,
  command: string,
  head: readonly Arg[],
  { start, end, count }: Range,
  entrySize: 1 | 2,
): AsyncGenerator<Block[], void, undefined> {
  const spec = specOf(command);
  for (let from = start, full = true; full; ) {
    const args = [...head, from, end, String(count)];
    const page = (await send(new Command(spec, args, wire, spec.flags, 0, true))).body as Block[];
    yield page;
    full = page.length >= count * entrySize;
    from = page[page.length - entrySize] ?? from;
  }
}

/** Each page begins after the last member and its score; what is beyond the last score wanted ends the walk. */
async function* scoredPages(
  send: Send,
  command: string,
  name: Arg,
  { member, start, end, count, last }: ScoreRange,
): AsyncGenerator<Block[], void, undefined> {
  const spec = specOf(command);
  for (let after = member, score = start, full = true; full; ) {
    const args = [name, after, score, end, String(count)];
    const page = (await send(new Command(spec, args, wire, spec.flags, 0, true))).body as Block[];
    full = page.length >= count * 2;
    if (last !== undefined && cutAfter(page, last)) full = false;
    yield page;
    after = page.at(-2) ?? after;
    score = blockText(page.at(-1));
  }
}

/** Takes away the members with a score above `last`; says whether there were any. */
function cutAfter(page: Block[], last: bigint): boolean {
  const { length } = page;
  while (page.length > 0 && BigInt(blockText(page.at(-1))) > last) page.length -= 2;
  return page.length < length;
}

function pageSize(count: number | undefined): number {
  return Number(integer(count ?? 100, 'options.count', 1));
}

/** @throws ArgumentError when a prefix is given together with a bound */
function bounds(options: ScanOptions, descending: boolean): Range {
  checkOptions(options, SCAN_OPTIONS);
  const count = pageSize(options.count);
  const start = toArg(options.start ?? '', 'options.start');
  const end = toArg(options.end ?? '', 'options.end');
  if (options.prefix === undefined) {
    // With an open high end the server leaves out what begins with the byte 0xff.
    return { start: descending && start.length === 0 ? lastWith('') : start, end, count };
  }
  if (start.length + end.length > 0) throw new ArgumentError('options.prefix: start or end is given as well');
  const prefix = toArg(options.prefix, 'options.prefix');
  if (descending) return { start: lastWith(prefix), end: prefix, count };
  return { start: justBefore(prefix), end: lastWith(prefix), count };
}

/** The greatest bound below everything that begins with `prefix`, and above all other keys below that. */
function justBefore(prefix: Arg): Arg {
  // A copy, also of a Buffer, whose `slice` would be a view of the caller's memory.
  const bytes = typeof prefix === 'string' ? new TextEncoder().encode(prefix) : new Uint8Array(prefix);
  const last = bytes.at(-1);
  if (last === undefined || last === 0) return bytes.subarray(0, -1);
  bytes[bytes.length - 1] = last - 1;
  return lastWith(bytes);
}

function scoreBounds(options: ZscanIteratorOptions, descending: boolean): ScoreRange {
  checkOptions(options, SCORE_OPTIONS);
  const [startOf, endOf] = descending ? [highScore, lowScore] : [lowScore, highScore];
  const start = startOf(options.scoreStart ?? '', 'options.scoreStart');
  const end = endOf(options.scoreEnd ?? '', 'options.scoreEnd');
  const count = pageSize(options.count);
  if (!descending) return { member: '', start, ...ascendingEnd(end), count };
  // Left open, the server leaves out the highest score, and at a bound members that begin with the byte 0xff.
  return { member: lastWith(''), start: start === '' ? MAX_SCORE : start, end, count };
}

/**
 * At the end itself the server leaves out members that begin with the byte 0xff, so one score more is asked for. Beyond
 * the highest score there is none: such a member with it is only met in descending order.
 */
function ascendingEnd(end: string): { end: string; last?: bigint } {
  if (end === '') return { end };
  return end === MAX_SCORE ? { end: '' } : { end: String(BigInt(end) + 1n), last: BigInt(end) };
}
