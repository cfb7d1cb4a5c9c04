import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { array, integer, OK } from '../replies.ts';
import { entryReply, firstOf, idReply, streamOf } from '../stream/access.ts';
import type { Stream, Trim } from '../stream/stream.ts';
import { compareIds, idOf, idOrEnd, isZero, nextId, rangeEnd, rangeStart, type StreamId } from '../stream/stream-id.ts';

const ENTRIES_PER_BLOCK = 100n;

interface AddOptions {
  readonly trim: Trim | undefined;
  readonly makeStream: boolean;
  /** Position of the id. */
  readonly idAt: number;
}

interface TrimOptions {
  by: Trim['by'] | undefined;
  approximate: boolean;
  limit: bigint | undefined;
}

function positive(text: string, message: string): bigint {
  const value = integerOf(text);
  return value < 0n ? refuse(message) : value;
}

/** Reads MAXLEN or MINID at a position; returns that of the last word it took. */
function readStrategy(options: TrimOptions, args: readonly string[], start: number): number {
  if (options.by !== undefined) {
    refuse('syntax error, MAXLEN and MINID options at the same time are not compatible');
  }
  const [next, hasMore] = [args[start + 1], start + 2 < args.length];
  options.approximate = hasMore && next === '~';
  const at = start + (options.approximate || (hasMore && next === '=') ? 2 : 1);
  const threshold = arg(args, at);
  options.by =
    arg(args, start).toUpperCase() === 'MAXLEN'
      ? { maxLength: positive(threshold, 'The MAXLEN argument must be >= 0.') }
      : { minId: idOrEnd(threshold) };
  return at;
}

function trimOf({ by, approximate, limit }: TrimOptions, isRequired: boolean): Trim | undefined {
  if (limit !== undefined && limit !== 0n && by === undefined) {
    refuse('syntax error, LIMIT cannot be used without specifying a trimming strategy');
  }
  if (isRequired && by === undefined) refuse('syntax error, XTRIM must be called with a trimming strategy');
  if (limit !== undefined && !approximate) {
    refuse('syntax error, LIMIT cannot be used without the special ~ option');
  }
  if (by === undefined) return undefined;
  return { by, limit: approximate ? (limit ?? 100n * ENTRIES_PER_BLOCK) : undefined };
}

/** Options of XADD, up to the id, and of XTRIM. */
function addOptions(args: readonly string[], adds: boolean): AddOptions {
  const options: TrimOptions = { by: undefined, approximate: false, limit: undefined };
  let makeStream = true;
  let at = 1;
  for (; at < args.length; at += 1) {
    const option = arg(args, at).toUpperCase();
    const hasMore = at + 1 < args.length;
    if (adds && option === '*') break;
    if ((option === 'MAXLEN' || option === 'MINID') && hasMore) at = readStrategy(options, args, at);
    else if (option === 'LIMIT' && hasMore) {
      at += 1;
      options.limit = positive(arg(args, at), 'The LIMIT argument must be >= 0.');
    } else if (adds && option === 'NOMKSTREAM') makeStream = false;
    else if (adds) {
      if (!hasWildcard(arg(args, at))) idOf(arg(args, at));
      break;
    } else syntaxError();
  }
  return { trim: trimOf(options, !adds), makeStream, idAt: at };
}

/** `<ms>-*` asks for the next sequence number. */
function hasWildcard(text: string): boolean {
  if (!text.endsWith('-*') || text.indexOf('-') !== text.length - 2) return false;
  idOf(`${text.slice(0, -1)}0`);
  return true;
}

/** The id of a new entry; refuses one that is not greater than the last one. */
function newId({ state }: Context, stream: Stream, text: string): StreamId {
  const id = text === '*' ? stream.idAt(state.clock.now()) : hasWildcard(text) ? nextIn(stream, text) : idOf(text);
  if (id === undefined || compareIds(id, stream.lastId) <= 0) {
    return refuse('The ID specified in XADD is equal or smaller than the target stream top item');
  }
  return id;
}

function nextIn({ lastId }: Stream, text: string): StreamId | undefined {
  const id = idOf(text.slice(0, -2));
  if (id.ms !== lastId.ms) return id;
  const next = nextId(lastId);
  return next?.ms === id.ms ? next : undefined;
}

const xadd: Run = (context, args) => {
  const { db, name, wire } = context;
  const [key = ''] = args;
  const { trim, makeStream, idAt } = addOptions(args, true);
  const [idText = '', ...fields] = args.slice(idAt);
  if (fields.length === 0 || fields.length % 2 !== 0) refuse(`wrong number of arguments for '${name}' command`);
  if (idText !== '*' && !hasWildcard(idText) && isZero(idOf(idText))) {
    refuse('The ID specified in XADD must be greater than 0-0');
  }
  if (streamOf(context, key) === undefined && !makeStream) return wire.nil;
  const { stream } = db.open('stream', key);
  if (nextId(stream.lastId) === undefined) {
    refuse('The stream has exhausted the last possible ID, unable to add more items');
  }
  const id = newId(context, stream, idText);
  stream.append({ id, fields });
  const trimmed = trim === undefined ? 0 : stream.trim(trim);
  db.touch(key, 't', 'xadd');
  if (trimmed > 0) db.notify('t', 'xtrim', key);
  return idReply(id);
};

const xtrim: Run = (context, args) => {
  const [key = ''] = args;
  const { trim } = addOptions(args, false);
  const deleted = streamOf(context, key)?.trim(trim as Trim) ?? 0;
  if (deleted > 0) context.db.touch(key, 't', 'xtrim');
  return integer(deleted);
};

function range(reverse: boolean): Run {
  return (context, [key = '', from = '', to = '', ...options]) => {
    const start = rangeStart(reverse ? to : from);
    const end = rangeEnd(reverse ? from : to);
    let count: number | undefined;
    for (let at = 0; at < options.length; at += 2) {
      if (arg(options, at).toUpperCase() !== 'COUNT') syntaxError();
      count = Math.max(0, Number(integerOf(options[at + 1] ?? syntaxError())));
    }
    const stream = streamOf(context, key);
    if (stream === undefined) return array([]);
    if (count === 0) return context.wire.nilArray;
    const entries = reverse ? stream.down(start, end) : stream.up(start, end);
    return array(firstOf(entries, count).map(entryReply));
  };
}

const xdel: Run = (context, [key = '', ...texts]) => {
  const stream = streamOf(context, key);
  if (stream === undefined) return integer(0);
  const ids = texts.map((text) => idOf(text));
  const deleted = ids.filter((id) => stream.delete(id)).length;
  if (deleted > 0) context.db.touch(key, 't', 'xdel');
  return integer(deleted);
};

interface SetIdOptions {
  readonly added: bigint | undefined;
  readonly maxDeletedId: StreamId | undefined;
}

function setIdOptions(id: StreamId, options: readonly string[]): SetIdOptions {
  let added: bigint | undefined;
  let maxDeletedId: StreamId | undefined;
  for (let at = 0; at < options.length; at += 2) {
    const option = arg(options, at).toUpperCase();
    const value = options[at + 1] ?? syntaxError();
    if (option === 'ENTRIESADDED') added = positive(value, 'entries_added must be positive');
    else if (option === 'MAXDELETEDID') {
      maxDeletedId = idOf(value);
      if (compareIds(id, maxDeletedId) < 0) {
        refuse('The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
      }
    } else syntaxError();
  }
  return { added, maxDeletedId };
}

const xsetid: Run = (context, [key = '', idText = '', ...options]) => {
  const id = idOf(idText);
  const { added, maxDeletedId } = setIdOptions(id, options);
  const stream = streamOf(context, key) ?? refuse('no such key');
  if (stream.last !== undefined && compareIds(id, stream.last.id) < 0) {
    refuse('The ID specified in XSETID is smaller than the target stream top item');
  }
  if (added !== undefined && stream.length > 0 && BigInt(stream.length) > added) {
    refuse('The entries_added specified in XSETID is smaller than the target stream length');
  }
  stream.lastId = id;
  if (added !== undefined) stream.added = added;
  if (maxDeletedId !== undefined && !isZero(maxDeletedId)) stream.maxDeletedId = maxDeletedId;
  context.db.notify('t', 'xsetid', key);
  return OK;
};

/** Commands on streams; reading, groups and claims have files of their own. */
export const streamCommands: Commands = {
  xadd,
  xtrim,
  xlen: (context, [key = '']) => integer(streamOf(context, key)?.length ?? 0),
  xrange: range(false),
  xrevrange: range(true),
  xdel,
  xsetid,
};
