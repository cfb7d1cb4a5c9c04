/** Raw calls: what the engine must know about a command that is only a name and arguments. */
import { type AnyCommand, ArgumentError, badArgument, Command, type Data, data, Flag, type Spec, spec } from '@kv/core';
import { wire } from './replies.ts';

/** Flags of every registered command. What is not here (a newer server's) is taken for a write. */
const NAMES: readonly (readonly [flags: number, names: string])[] = [
  [
    Flag.read,
    'bitcount countbit dbsize exists get get_key_range get_kv_range getbit getrange hexists hget hgetall hkeys hlist ' +
      'hrlist hrscan hscan hsize hvals info keys list_allow_ip list_deny_ip multi_exists multi_get multi_hexists ' +
      'multi_hget multi_hsize multi_zexists multi_zget multi_zsize ping qback qfront qget qlist qrange qrlist qsize ' +
      'qslice redis_zrange redis_zrrange rkeys rscan scan strlen substr ttl version zavg zcount zexists zget zkeys ' +
      'zlist zrange zrank zrlist zrrange zrrank zrscan zscan zsize zsum',
  ],
  [
    Flag.idempotent,
    'add_allow_ip add_deny_ip clear_binlog compact del del_allow_ip del_deny_ip expire flushdb hclear hdel hfix hset ' +
      'multi_del multi_hdel multi_hset multi_set multi_zdel multi_zset qclear qfix qset set set_kv_range setbit setx ' +
      'zclear zdel zfix zremrangebyscore zset',
  ],
  [
    0,
    'decr getset hdecr hincr incr qpop qpop_back qpop_front qpush qpush_back qpush_front qtrim_back qtrim_front setnx ' +
      'slaveof zdecr zincr zpop_back zpop_front zremrangebyrank',
  ],
  [Flag.state, 'auth ignore_key_range'],
  [Flag.stream, 'dump sync140'],
];

let table: Map<string, Spec> | undefined;

/** Every registered command by its name on the wire. */
export function commandTable(): ReadonlyMap<string, Spec> {
  table ??= new Map(
    NAMES.flatMap(([flags, names]) => names.split(' ').map((name): [string, Spec] => [name, spec(name, flags)])),
  );
  return table;
}

/**
 * A raw call. The name is taken as it is (the server knows lower case only), the arguments are checked to be data and
 * nothing else, and the answer is the wire value: status and blocks.
 *
 * @throws ArgumentError for arguments that are no data, and for `slaveof` with two arguments, which crashes the server
 */
export function commandByName(name: string, given: readonly unknown[]): AnyCommand {
  if (typeof name !== 'string') throw badArgument('name', 'a string', name);
  const args = given.map((value, i) => data(value as Data, `argument ${i + 1}`));
  if (name === 'slaveof' && args.length === 2) {
    throw new ArgumentError('slaveof: expected id, host and port; a server that gets only two of them crashes');
  }
  return new Command(commandTable().get(name) ?? spec(name, 0), args, wire);
}
