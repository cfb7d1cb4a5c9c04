import type { Commands, Context, Run } from '../command.ts';
import { syntaxError } from '../command-error.ts';
import { countOf } from '../numbers.ts';
import { array, bulk } from '../replies.ts';
import { slice } from '../score-range.ts';
import { membersOf, membersReply, removeItems } from '../sorted-set-access.ts';
import type { Scored } from '../values.ts';
import { takeOrWait } from '../waiting.ts';
import { manyPopArguments } from './list-pop.ts';

type Edge = 'MIN' | 'MAX';

function takeEdge(context: Context, key: string, edge: Edge, count: number): Scored[] {
  const members = membersOf(context, key);
  const items = slice(members, [0, members.size], edge === 'MAX', 0, count);
  removeItems(context, key, items, edge === 'MIN' ? 'zpopmin' : 'zpopmax');
  return items;
}

/** Without a count the reply is flat, also in RESP3. */
function pop(edge: Edge): Run {
  return (context, [key = '', countText, ...rest]) => {
    if (rest.length > 0) syntaxError();
    const { wire } = context;
    const count = countText === undefined ? 1 : countOf(countText);
    const items = takeEdge(context, key, edge, count);
    if (countText !== undefined) return membersReply(context, items, true);
    return array(items.flatMap(({ member, score }) => [bulk(member), wire.double(score)]));
  };
}

function blockingPop(edge: Edge): Run {
  return (context, args) =>
    takeOrWait(context, {
      keys: args.slice(0, -1),
      timeout: args.at(-1) ?? '',
      type: 'zset',
      attempt: (key) => {
        const [item] = takeEdge(context, key, edge, 1);
        if (item === undefined) return undefined;
        return array([bulk(key), bulk(item.member), context.wire.double(item.score)]);
      },
    });
}

/** Pairs are nested in both protocols. */
function popFrom(context: Context, key: string, edge: Edge, count: number): string | undefined {
  const items = takeEdge(context, key, edge, count);
  if (items.length === 0) return undefined;
  const pairs = items.map(({ member, score }) => array([bulk(member), context.wire.double(score)]));
  return array([bulk(key), array(pairs)]);
}

const zmpop: Run = (context, args) => {
  const { keys, end, count } = manyPopArguments(args, ['MIN', 'MAX']);
  for (const key of keys) {
    const reply = popFrom(context, key, end as Edge, count);
    if (reply !== undefined) return reply;
  }
  return context.wire.nilArray;
};

const bzmpop: Run = (context, [timeout = '', ...args]) => {
  const { keys, end, count } = manyPopArguments(args, ['MIN', 'MAX']);
  const attempt = (key: string): string | undefined => popFrom(context, key, end as Edge, count);
  return takeOrWait(context, { keys, timeout, type: 'zset', attempt });
};

/** Commands that take the first or last members of sorted sets, and may wait for them. */
export const sortedSetPopCommands: Commands = {
  zpopmin: pop('MIN'),
  zpopmax: pop('MAX'),
  bzpopmin: blockingPop('MIN'),
  bzpopmax: blockingPop('MAX'),
  zmpop,
  bzmpop,
};
