import type { AnyCommand } from '@kv/core';
import * as commands from '../src/commands/index.ts';

/**
 * How recorded arguments become arguments of the typed function, and what the answer must look like. Letters: `d` data,
 * `n` whole number, `s` bound of a range of scores, `+` one or more data, `%` pairs of data, `#` pairs of data and number.
 * In brackets: may be missing.
 */
const SHAPES = `
get d value | set dd yes | setx ddn yes | setnx dd yes | getset dd value | del d yes | incr d[n] int | decr d[n] int
exists d yes | ttl d int | expire dn yes | strlen d int | substr d[nn] data | getrange d[nn] data | getbit dn bit
setbit dnn bit | countbit d[nn] int | bitcount d[nn] int | scan ddn map | rscan ddn map | keys ddn list | rkeys ddn list
multi_get + map | multi_exists + yesMap | multi_set % int | multi_del + int
hset ddd yes | hget dd value | hdel dd yes | hexists dd yes | hincr dd[n] int | hdecr dd[n] int | hsize d int
hclear d int | hfix d int | hgetall d map | hscan dddn map | hrscan dddn map | hkeys dddn list | hvals dddn list
hlist ddn list | hrlist ddn list | multi_hget d+ map | multi_hexists d+ yesMap | multi_hsize + intMap
multi_hset d% int | multi_hdel d+ int
zset ddn yes | zget dd intOrNull | zdel dd yes | zexists dd yes | zincr dd[n] int | zdecr dd[n] int | zsize d int
zclear d int | zfix d int | zrank dd intOrNull | zrrank dd intOrNull | zrange dnn scored | zrrange dnn scored
redis_zrange dnn scored | redis_zrrange dnn scored | zscan ddssn scored | zrscan ddssn scored | zkeys ddssn list
zlist ddn list | zrlist ddn list | zcount dss int | zsum dss int | zavg dss mean | zremrangebyrank dnn int
zremrangebyscore dss int | zpop_front dn scored | zpop_back dn scored | multi_zget d+ scored | multi_zexists d+ yesMap
multi_zsize + intMap | multi_zset d# int | multi_zdel d+ int
qpush d+ int | qpush_back d+ int | qpush_front d+ int | qpop d[n] items | qpop_front d[n] items | qpop_back d[n] items
qtrim_front d[n] int | qtrim_back d[n] int | qfront d value | qback d value | qget dn value | qset dnd none | qsize d int
qclear d int | qfix d none | qslice dnn list | qrange dnn list | qlist ddn list | qrlist ddn list
ping - none | version - text | auth d yes | dbsize - int | info [d] info | compact - none | flushdb - none
clear_binlog - none | slaveof ddn none | dump - none | sync140 - none | list_allow_ip - texts | list_deny_ip - texts
add_allow_ip d none | del_allow_ip d none | add_deny_ip d none | del_deny_ip d none | get_key_range - range
get_kv_range - range | set_kv_range dd none | ignore_key_range - none`;

/** One command of the server: the letters of its arguments and the kind of its answer. */
export interface Shape {
  readonly args: string;
  readonly answer: string;
}

/** Every registered command by its name on the wire. */
export const shapes: ReadonlyMap<string, Shape> = new Map(
  SHAPES.trim()
    .split(/\n|\|/)
    .map((row): [string, Shape] => {
      const [name = '', args = '', answer = ''] = row.trim().split(' ');
      return [name, { args: args === '-' ? '' : args, answer }];
    }),
);

/** Whether the function takes that many arguments; the server ignores further ones. */
export function takes(name: string, count: number): boolean {
  const { args = '' } = shapes.get(name) ?? {};
  if (/[+%#]/.test(args)) return true;
  return count <= (args === 'ddssn' ? 6 : args.replaceAll(/[[\]]/g, '').length);
}

type Block = string | Uint8Array;
type Maker = (...args: unknown[]) => AnyCommand;

/** `multi_get` → `multiGet`. */
export function methodName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The command value that the typed function makes of recorded arguments. Throws what the function throws. */
export function typedCommand(name: string, args: readonly Block[]): AnyCommand {
  const make = (commands as unknown as Record<string, Maker>)[methodName(name)] as Maker;
  return make(...callArguments(shapes.get(name) as Shape, args));
}

/** Recorded arguments as a program would write them: numbers as numbers. */
function callArguments({ args: letters }: Shape, args: readonly Block[]): unknown[] {
  if (letters === 'ddssn' && args.length === 6) {
    const [name, keyStart, from, to, offset, limit] = args;
    return [name, keyStart, bound(from), bound(to), number(limit), { offset: number(offset) }];
  }
  const plain = letters.replaceAll(/[[\]]/g, '');
  return args.map((arg, i) => {
    const letter = plain[Math.min(i, plain.length - 1)];
    if (letter === 'n' || (letter === '#' && i % 2 === 0)) return number(arg);
    return letter === 's' ? bound(arg) : arg;
  });
}

function number(arg: Block | undefined): unknown {
  if (typeof arg !== 'string' || !/^-?\d+$/.test(arg)) return arg;
  const value = Number(arg);
  return Number.isSafeInteger(value) ? value : BigInt(arg);
}

function bound(arg: Block | undefined): unknown {
  return arg === '' ? '' : number(arg);
}

/** What the typed call must give for a recorded `ok` or `not_found`, worked out apart from the library; `sized`: a number of items was asked for. */
export function expectedAnswer(answer: string, [status, ...body]: readonly string[], sized: boolean): unknown {
  const pairs = Array.from({ length: body.length / 2 }, (_, i): [string, string] => [
    body[2 * i] as string,
    body[2 * i + 1] as string,
  ]);
  const [first = ''] = body;
  switch (answer) {
    case 'none':
      return undefined;
    case 'yes':
      return first !== '0';
    case 'bit':
    case 'int':
      return number(first);
    case 'intOrNull':
      return status === 'ok' ? number(first) : null;
    case 'mean':
      return first.includes('nan') ? null : Number(first);
    case 'data':
    case 'text':
      return first;
    case 'value':
      return status === 'ok' ? first : null;
    case 'items':
      if (sized) return body;
      return status === 'ok' ? first : null;
    case 'list':
    case 'texts':
      return body;
    case 'map':
      return new Map(pairs);
    case 'intMap':
      return new Map(pairs.map(([name, count]) => [name, number(count)]));
    case 'yesMap':
      return new Map(pairs.map(([name, yes]) => [name, yes === '1']));
    case 'scored':
      return pairs.map(([member, score]) => ({ member, score: number(score) }));
    case 'range':
      return { start: body[0], end: body[1] };
    default:
      throw new Error(`no expectation for ${answer}`);
  }
}
