import { pairsOf } from '../../pairs.ts';
import type { Commands, Context, Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { addLongDoubles, formatLongDouble, incrementOf, parseLongDouble } from '../long-double.ts';
import { checkedSum, integerOf, numberOf, parseInteger } from '../numbers.ts';
import { pickRandom } from '../random.ts';
import { array, bulk, bulks, flag, integer, OK } from '../replies.ts';

function fieldsOf({ db }: Context, key: string): ReadonlyMap<string, string> {
  return db.get('hash', key)?.fields ?? new Map<string, string>();
}

function bulkOrNil({ wire }: Context, text: string | undefined): string {
  return text === undefined ? wire.nil : bulk(text);
}

const hset: Run = (context, [key = '', ...args]) => {
  const { db, name } = context;
  if (args.length % 2 !== 0) refuse(`wrong number of arguments for '${name}' command`);
  const { fields } = db.open('hash', key);
  const before = fields.size;
  for (const [field, value] of pairsOf(args)) fields.set(field, value);
  const added = fields.size - before;
  db.touch(key, 'h', 'hset');
  return name === 'hmset' ? OK : integer(added);
};

const hsetnx: Run = (context, [key = '', field = '', value = '']) => {
  if (fieldsOf(context, key).has(field)) return flag(false);
  context.db.open('hash', key).fields.set(field, value);
  context.db.touch(key, 'h', 'hset');
  return flag(true);
};

const hdel: Run = ({ db }, [key = '', ...names]) => {
  const hash = db.get('hash', key);
  const removed = names.filter((name) => hash?.fields.delete(name) === true).length;
  if (removed > 0) db.touch(key, 'h', 'hdel');
  return integer(removed);
};

function change(context: Context, key: string, field: string, next: (old: string | undefined) => string): string {
  const text = next(fieldsOf(context, key).get(field));
  context.db.open('hash', key).fields.set(field, text);
  context.db.touch(key, 'h', context.name);
  return text;
}

const hincrby: Run = (context, [key = '', field = '', by = '']) => {
  const amount = integerOf(by);
  const text = change(context, key, field, (old = '0') => {
    const value = parseInteger(old) ?? refuse('hash value is not an integer');
    return String(checkedSum(value, amount));
  });
  return integer(BigInt(text));
};

const hincrbyfloat: Run = (context, [key = '', field = '', by = '']) => {
  const increment = incrementOf(by, 'value is NaN or Infinity');
  return bulk(
    change(context, key, field, (old = '0') => {
      const value = parseLongDouble(old) ?? refuse('hash value is not a float');
      return formatLongDouble(addLongDoubles(value, increment));
    }),
  );
};

const hrandfield: Run = (context, [key = '', countText, withValues, ...rest]) => {
  if (countText === undefined) {
    const [field] = pickRandom([...fieldsOf(context, key).keys()], 1);
    return bulkOrNil(context, field);
  }
  const count = numberOf(countText);
  if (rest.length > 0 || (withValues !== undefined && withValues.toUpperCase() !== 'WITHVALUES')) syntaxError();
  const fields = fieldsOf(context, key);
  const picked = pickRandom([...fields.keys()], count);
  if (withValues === undefined) return bulks(picked);
  return context.wire.pairs(picked.map((field) => [bulk(field), bulk(fields.get(field) as string)]));
};

/** Commands on hashes. */
export const hashCommands: Commands = {
  hset,
  hmset: hset,
  hsetnx,
  hget: (context, [key = '', field = '']) => bulkOrNil(context, fieldsOf(context, key).get(field)),
  hmget: (context, [key = '', ...names]) => {
    const fields = fieldsOf(context, key);
    return array(names.map((name) => bulkOrNil(context, fields.get(name))));
  },
  hgetall: (context, [key = '']) => context.wire.map([...fieldsOf(context, key)].flat().map(bulk)),
  hkeys: (context, [key = '']) => bulks(fieldsOf(context, key).keys()),
  hvals: (context, [key = '']) => bulks(fieldsOf(context, key).values()),
  hlen: (context, [key = '']) => integer(fieldsOf(context, key).size),
  hexists: (context, [key = '', field = '']) => flag(fieldsOf(context, key).has(field)),
  hstrlen: (context, [key = '', field = '']) => integer(fieldsOf(context, key).get(field)?.length ?? 0),
  hdel,
  hincrby,
  hincrbyfloat,
  hrandfield,
};
