/** Raw calls: what the engine must know about a command that is only a name and arguments. */
import {
  ArgumentError,
  badArgument,
  Command,
  type Data,
  Flag,
  type KeySpec,
  Keys,
  type Spec,
  spec,
  toArg,
} from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';
import { wire } from '../commands/support/replies.ts';

/** Flags and key positions of every registered command. What is not here (a newer server's) is taken for a write. */
const ROWS: readonly (readonly [flags: number, keys: KeySpec, names: string])[] = [
  [
    Flag.read,
    Keys.first,
    'bitcount countbit exists get getbit getrange hexists hget hgetall hkeys hrscan hscan hsize hvals multi_hexists ' +
      'multi_hget multi_zexists multi_zget qback qfront qget qrange qsize qslice redis_zrange redis_zrrange strlen ' +
      'substr ttl zavg zcount zexists zget zkeys zrange zrank zrrange zrrank zrscan zscan zsize zsum',
  ],
  [Flag.read, Keys.all, 'multi_exists multi_get multi_hsize multi_zsize'],
  [
    Flag.read,
    null,
    'dbsize get_key_range get_kv_range hlist hrlist info keys list_allow_ip list_deny_ip ping qlist qrlist rkeys ' +
      'rscan scan version zlist zrlist',
  ],
  [
    Flag.idempotent,
    Keys.first,
    'del expire hclear hdel hfix hset multi_hdel multi_hset multi_zdel multi_zset qclear qfix qset set setbit setx ' +
      'zclear zdel zfix zremrangebyscore zset',
  ],
  [Flag.idempotent, Keys.all, 'multi_del'],
  [Flag.idempotent, Keys.pairs, 'multi_set'],
  [
    Flag.idempotent,
    null,
    'add_allow_ip add_deny_ip clear_binlog compact del_allow_ip del_deny_ip flushdb set_kv_range',
  ],
  [
    0,
    Keys.first,
    'decr getset hdecr hincr incr qpop qpop_back qpop_front qpush qpush_back qpush_front qtrim_back qtrim_front setnx ' +
      'zdecr zincr zpop_back zpop_front zremrangebyrank',
  ],
  [0, null, 'slaveof'],
  [Flag.stateful, null, 'auth ignore_key_range'],
  [Flag.stream, null, 'dump sync140'],
];

let table: Map<string, Spec> | undefined;

/** Every registered command by its name on the wire. */
export function commandTable(): ReadonlyMap<string, Spec> {
  table ??= new Map(
    ROWS.flatMap(([flags, keys, names]) =>
      names.split(' ').map((name): [string, Spec] => [name, spec(name, flags, keys)]),
    ),
  );
  return table;
}

/**
 * A raw call. The name is taken as it is (the server knows lower case only), the arguments are checked to be data and
 * nothing else, and the answer is the wire value: status and blocks.
 *
 * @throws ArgumentError for arguments that are no data, and for `slaveof` with two arguments, which crashes the server
 */
export function commandByName(name: string, given: readonly unknown[]): Command<Reply> {
  if (typeof name !== 'string') throw badArgument('name', 'a string', name);
  const args = given.map((value, i) => toArg(value as Data, `argument ${i + 1}`));
  if (name === 'slaveof' && args.length === 2) {
    throw new ArgumentError('slaveof: expected id, host and port; a server that gets only two of them crashes');
  }
  return new Command(commandTable().get(name) ?? spec(name, Flag.unknownKeys), args, wire);
}

/**
 * A raw call as a command value, for pipelines and batches.
 *
 * @throws ArgumentError as `execute()`
 * @example const [reply] = await ssdb.sendAll([command('multi_get', 'a', 'b')])
 */
export function command<V = string>(name: string, ...args: readonly Data[]): Command<Reply, V> {
  return commandByName(name, args) as unknown as Command<Reply, V>;
}
