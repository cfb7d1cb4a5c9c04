import { pairsOf } from '../../pairs.ts';
import {
  CLIENT_ERROR,
  type Command,
  type Context,
  flag,
  found,
  NOT_AN_INTEGER,
  ok,
  okList,
  type Reply,
  reads,
  readsMany,
  writes,
  writesMany,
} from '../command.ts';
import { type Database, StorageError } from '../database.ts';
import { integer, storedInteger, wrappingSum } from '../numbers.ts';
import { keysDown, keysUp } from '../ranges.ts';

/** Where something is stored, a name or field that is empty or too long is refused. */
function check(db: Database, name: string, field: string): void {
  db.check(name, field);
  if (name === '' || field === '') throw new StorageError();
}

function hset({ db }: Context, name: string, field: string, value: string): Reply {
  check(db, name, field);
  return flag(db.hset(name, field, value));
}

function hdel({ db }: Context, name: string, field: string): Reply {
  db.check(name, field);
  return flag(db.hdel(name, field));
}

function step(sign: bigint) {
  return ({ db }: Context, name: string, field: string, by = '1'): Reply => {
    check(db, name, field);
    const old = storedInteger(db.hashes.get(name)?.get(field) ?? '0');
    if (old === undefined) return NOT_AN_INTEGER;
    const value = wrappingSum(old, sign * integer(by));
    db.hset(name, field, String(value));
    return ok(value);
  };
}

function hclear({ db }: Context, name: string): Reply {
  const fields = [...(db.hashes.get(name)?.above('') ?? [])];
  for (const field of fields) db.hdel(name, field);
  return ok(fields.length);
}

function withValues({ db }: Context, name: string, fields: readonly string[]): Reply {
  const hash = db.hashes.get(name);
  return okList(fields.flatMap((field) => [field, hash?.get(field) as string]));
}

function multiHget(context: Context, [name = '', ...fields]: readonly string[]): Reply {
  const hash = context.db.hashes.get(name);
  return withValues(
    context,
    name,
    fields.filter((field) => hash?.has(field)),
  );
}

/** Not atomic: what came before a refused field stays. */
function multiHset({ db }: Context, [name = '', ...args]: readonly string[]): Reply {
  if (args.length < 2 || args.length % 2 !== 0) return CLIENT_ERROR;
  let fresh = 0;
  for (const [field, value] of pairsOf(args)) {
    check(db, name, field);
    fresh += Number(db.hset(name, field, value));
  }
  return ok(fresh);
}

function multiHdel({ db }: Context, [name = '', ...fields]: readonly string[]): Reply {
  let removed = 0;
  for (const field of fields) {
    db.check(name, field);
    removed += Number(db.hdel(name, field));
  }
  return ok(removed);
}

const sizeOf = ({ db }: Context, name: string): number => db.hashes.get(name)?.size ?? 0;

/** Commands of the hash name space. */
export const hashCommands: Readonly<Record<string, Command>> = {
  hset: writes(3, hset),
  hget: reads(2, ({ db }, name, field) => found(db.hashes.get(name)?.get(field))),
  hdel: writes(2, hdel),
  hexists: reads(2, ({ db }, name, field) => flag(db.hashes.get(name)?.has(field) === true)),
  hincr: writes(2, step(1n)),
  hdecr: writes(2, step(-1n)),
  hsize: reads(1, (context, name) => ok(sizeOf(context, name))),
  hclear: writes(1, hclear),
  hfix: writes(1, (context, name) => ok(sizeOf(context, name))),
  hgetall: reads(1, (context, name) => withValues(context, name, [...(context.db.hashes.get(name)?.above('') ?? [])])),
  hscan: reads(4, (context, name, start, end, limit) =>
    withValues(context, name, keysUp(context.db.hashes.get(name), start, end, limit)),
  ),
  hrscan: reads(4, (context, name, start, end, limit) =>
    withValues(context, name, keysDown(context.db.hashes.get(name), start, end, limit)),
  ),
  hkeys: reads(4, ({ db }, name, start, end, limit) => okList(keysUp(db.hashes.get(name), start, end, limit))),
  hvals: reads(4, ({ db }, name, start, end, limit) => {
    const hash = db.hashes.get(name);
    return okList(keysUp(hash, start, end, limit).map((field) => hash?.get(field) as string));
  }),
  hlist: reads(3, ({ db }, start, end, limit) => okList(keysUp(db.hashes, start, end, limit))),
  hrlist: reads(3, ({ db }, start, end, limit) => okList(keysDown(db.hashes, start, end, limit))),
  multi_hget: readsMany(2, multiHget),
  multi_hexists: readsMany(2, ({ db }, [name = '', ...fields]) =>
    okList(fields.flatMap((field) => [field, db.hashes.get(name)?.has(field) === true ? '1' : '0'])),
  ),
  multi_hsize: readsMany(1, (context, names) => okList(names.flatMap((name) => [name, String(sizeOf(context, name))]))),
  multi_hset: writesMany(0, multiHset),
  multi_hdel: writesMany(2, multiHdel),
};
