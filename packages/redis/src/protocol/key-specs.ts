/** Where keys stand in commands whose keys are not at fixed positions. Positions count from 0, without the name. */
import { type Arg, type KeySpec, Keys } from '@kv/core';
import { text } from '../commands/support/replies.ts';

/** Upper case as servers fold it: ASCII only. `ſ` is not `S`, and `ß` stays one letter. */
export function upperCase(name: string): string {
  return name.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** An argument as a keyword or number to look at: upper case, empty when there is none. */
export function word(arg: Arg | undefined): string {
  return arg === undefined ? '' : upperCase(text(arg));
}

function counted(args: readonly Arg[], at: number, positions: number[] = []): number[] {
  const count = Math.min(Number(word(args[at])) || 0, args.length - at - 1);
  for (let i = 1; i <= count; i++) positions.push(at + i);
  return positions;
}

/** Keys behind a count at position 0: `ZUNION numkeys key key …`. */
export const countedFirst: KeySpec = (args) => counted(args, 0);

/** Keys behind a count at position 1: `EVAL script numkeys key key …`, `BLMPOP timeout numkeys key key …`. */
export const countedSecond: KeySpec = (args) => counted(args, 1);

/** A destination, then counted keys: `ZUNIONSTORE destination numkeys key key …`. */
export const destinationAndCounted: KeySpec = (args) => counted(args, 1, [0]);

/** The first half of what follows `STREAMS`: `XREAD … STREAMS key key id id`. */
export const streams: KeySpec = (args) => {
  const at = args.findIndex((arg) => word(arg) === 'STREAMS');
  if (at < 0) return [];
  return Array.from({ length: Math.floor((args.length - at - 1) / 2) }, (_, i) => at + 1 + i);
};

/** Options of SORT that take one argument, so that this argument is not mistaken for `STORE`. */
const SORT_PAIRS = new Set(['BY', 'GET', 'STORE']);

/** `SORT key … STORE destination`. The patterns of `BY` and `GET` are no keys. */
export const sortKeys: KeySpec = (args) => {
  const positions = [0];
  for (let i = 1; i < args.length; i++) {
    const option = word(args[i]);
    if (option === 'STORE' && i + 1 < args.length) positions.push(i + 1);
    if (option === 'LIMIT') i += 2;
    else if (SORT_PAIRS.has(option)) i += 1;
  }
  return positions;
};

/** `GEORADIUS key … STORE key STOREDIST key`: options begin behind the unit, at position 4 (by member: 3). */
function geoStore(from: number): KeySpec {
  return (args) => {
    const positions = [0];
    for (let i = from; i < args.length - 1; i++) {
      const option = word(args[i]);
      if (option === 'STORE' || option === 'STOREDIST') positions.push(++i);
    }
    return positions;
  };
}

/** `GEORADIUS key longitude latitude radius unit … STORE key STOREDIST key`. */
export const georadiusKeys: KeySpec = geoStore(5);

/** `GEORADIUSBYMEMBER key member radius unit … STORE key STOREDIST key`. */
export const georadiusByMemberKeys: KeySpec = geoStore(4);

/** `MIGRATE host port key …`, or `MIGRATE host port "" … KEYS key key …`. */
export const migrateKeys: KeySpec = (args) => {
  if (args[2] !== undefined && args[2].length > 0) return [2];
  for (let i = 5; i < args.length; i++) {
    const option = word(args[i]);
    if (option === 'KEYS') return args.slice(i + 1).map((_, n) => i + 1 + n);
    if (option === 'AUTH') i += 1;
    else if (option === 'AUTH2') i += 2;
  }
  return [];
};

/** The rules by the names that the generated table uses. */
export const KEY_RULES: Readonly<Record<string, KeySpec>> = {
  none: null,
  first: Keys.first,
  second: Keys.second,
  two: Keys.two,
  all: Keys.all,
  butLast: Keys.butLast,
  butFirst: { first: 1, last: -1, step: 1 },
  pairs: Keys.pairs,
  countedFirst,
  countedSecond,
  destinationAndCounted,
  streams,
  sort: sortKeys,
  georadius: georadiusKeys,
  georadiusByMember: georadiusByMemberKeys,
  migrate: migrateKeys,
};
