import type { Commands, Context, Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { type End, itemsOf, put } from '../list-access.ts';
import { countOf, numberOf } from '../numbers.ts';
import { array, bulk, bulks } from '../replies.ts';
import { takeOrWait } from '../waiting.ts';

function popEvent(end: End): string {
  return end === 'LEFT' ? 'lpop' : 'rpop';
}

function takeOne(context: Context, key: string, end: End): string | undefined {
  const items = itemsOf(context, key);
  const value = end === 'LEFT' ? items?.shift() : items?.pop();
  if (value !== undefined) context.db.touch(key, 'l', popEvent(end));
  return value;
}

/** Undefined: no such list. */
function takeMany(context: Context, key: string, end: End, count: number): string[] | undefined {
  const items = itemsOf(context, key);
  if (items === undefined) return undefined;
  const values: string[] = [];
  while (values.length < count && items.size > 0) values.push((end === 'LEFT' ? items.shift() : items.pop()) as string);
  if (values.length > 0) context.db.touch(key, 'l', popEvent(end));
  return values;
}

function pop(end: End): Run {
  return (context, [key = '', countText, ...rest]) => {
    const { wire } = context;
    if (rest.length > 0) refuse(`wrong number of arguments for '${context.name}' command`);
    if (countText !== undefined) {
      const values = takeMany(context, key, end, countOf(countText));
      return values === undefined ? wire.nilArray : bulks(values);
    }
    const value = takeOne(context, key, end);
    return value === undefined ? wire.nil : bulk(value);
  };
}

function endOf(text: string): End {
  const end = text.toUpperCase();
  return end === 'LEFT' || end === 'RIGHT' ? end : syntaxError();
}

/** Undefined: nothing to move. */
function moveOne(context: Context, from: string, to: string, source: End, target: End): string | undefined {
  const items = itemsOf(context, from);
  if (items === undefined) return undefined;
  itemsOf(context, to); // refuses another type before anything is taken
  const value = (source === 'LEFT' ? items.shift() : items.pop()) as string;
  put(context.db.open('list', to).items, target, value);
  context.db.touch(to, 'l', target === 'LEFT' ? 'lpush' : 'rpush');
  context.db.touch(from, 'l', popEvent(source));
  return bulk(value);
}

const lmove: Run = (context, [from = '', to = '', source = '', target = '']) =>
  moveOne(context, from, to, endOf(source), endOf(target)) ?? context.wire.nil;

const blmove: Run = (context, [from = '', to = '', source = '', target = '', timeout = '']) => {
  const [taken, put] = [endOf(source), endOf(target)];
  const attempt = (): string | undefined => moveOne(context, from, to, taken, put);
  return takeOrWait(context, { keys: [from], timeout, type: 'list', attempt, nilAtOnce: context.wire.nil });
};

const rpoplpush: Run = (context, [from = '', to = '']) =>
  moveOne(context, from, to, 'RIGHT', 'LEFT') ?? context.wire.nil;

const brpoplpush: Run = (context, [from = '', to = '', timeout = '']) =>
  takeOrWait(context, {
    keys: [from],
    timeout,
    type: 'list',
    attempt: () => moveOne(context, from, to, 'RIGHT', 'LEFT'),
    nilAtOnce: context.wire.nil,
  });

function blockingPop(end: End): Run {
  return (context, args) =>
    takeOrWait(context, {
      keys: args.slice(0, -1),
      timeout: args.at(-1) ?? '',
      type: 'list',
      attempt: (key) => {
        const value = takeOne(context, key, end);
        return value === undefined ? undefined : bulks([key, value]);
      },
    });
}

interface ManyPop {
  readonly keys: readonly string[];
  readonly end: string;
  readonly count: number;
}

/** `numkeys key … LEFT|RIGHT [COUNT n]`; the sorted sets' form has MIN and MAX. */
export function manyPopArguments(args: readonly string[], ends: readonly string[]): ManyPop {
  const [numkeysText = '', ...rest] = args;
  const numkeys = positive(numkeysText, 'numkeys should be greater than 0');
  const end = rest[numkeys]?.toUpperCase() ?? syntaxError();
  if (!ends.includes(end)) syntaxError();
  const options = rest.slice(numkeys + 1);
  let count: number | undefined;
  for (let at = 0; at < options.length; at += 2) {
    if (count !== undefined || options[at]?.toUpperCase() !== 'COUNT') syntaxError();
    count = positive(options[at + 1] ?? syntaxError(), 'count should be greater than 0');
  }
  return { keys: rest.slice(0, numkeys), end, count: count ?? 1 };
}

function positive(text: string, message: string): number {
  const value = numberOf(text, message);
  return value > 0 ? value : refuse(message);
}

function popFrom(context: Context, key: string, end: End, count: number): string | undefined {
  const values = takeMany(context, key, end, count);
  return values === undefined ? undefined : array([bulk(key), bulks(values)]);
}

const lmpop: Run = (context, args) => {
  const { keys, end, count } = manyPopArguments(args, ['LEFT', 'RIGHT']);
  for (const key of keys) {
    const reply = popFrom(context, key, end as End, count);
    if (reply !== undefined) return reply;
  }
  return context.wire.nilArray;
};

const blmpop: Run = (context, [timeout = '', ...args]) => {
  const { keys, end, count } = manyPopArguments(args, ['LEFT', 'RIGHT']);
  return takeOrWait(context, {
    keys,
    timeout,
    type: 'list',
    attempt: (key) => popFrom(context, key, end as End, count),
  });
};

/** Commands that take items from lists, and may wait for them. */
export const listPopCommands: Commands = {
  lpop: pop('LEFT'),
  rpop: pop('RIGHT'),
  lmove,
  rpoplpush,
  lmpop,
  blpop: blockingPop('LEFT'),
  brpop: blockingPop('RIGHT'),
  blmove,
  brpoplpush,
  blmpop,
};
