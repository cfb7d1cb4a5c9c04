/** Raw calls: a command value from a name and arguments, with what the engine must know about that name. */
import { type AnyCommand, type Arg, badArgument, Command, type Data, Flag, type Spec, spec, toArg } from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { asIs } from '../commands/support/replies.ts';
import { COMMAND_ROWS } from '../generated/command-table.ts';
import { KEY_RULES, upperCase, word } from './key-specs.ts';

const FLAGS: Readonly<Record<string, number>> = {
  write: 0,
  read: Flag.read,
  idempotent: Flag.idempotent,
  blocking: Flag.blocking,
  state: Flag.stateful,
  stream: Flag.stream,
  subscription: Flag.subscription,
  forbidden: Flag.forbidden,
  quit: Flag.quit,
  opaque: Flag.opaque,
  /** Blocking only with an option: see {@link blockMs}. */
  maybeBlocking: 0,
};

/** Name in upper case → spec. Filled on the first raw call. */
let table: ReadonlyMap<string, Spec> | undefined;

function build(): ReadonlyMap<string, Spec> {
  const specs = new Map<string, Spec>();
  for (const [words, keys, names] of COMMAND_ROWS) {
    const flags = words.split(' ').reduce((sum, word) => sum | (FLAGS[word] ?? 0), 0);
    for (const name of names.split(',')) {
      const upper = name.toUpperCase();
      specs.set(upper, spec(upper, flags, KEY_RULES[keys] ?? null));
    }
  }
  return specs;
}

/** What is known about a command; `undefined` for commands of modules and of newer servers. */
export function knownSpec(name: string): Spec | undefined {
  table ??= build();
  return table.get(name);
}

/** The commands of which something is known, in upper case. */
export function knownNames(): Iterable<string> {
  table ??= build();
  return table.keys();
}

/** Where the time stands in blocking commands, and how many milliseconds its unit has. */
const TIMES: Readonly<Record<string, readonly [position: number, unit: number]>> = {
  BLPOP: [-1, 1000],
  BRPOP: [-1, 1000],
  BLMOVE: [-1, 1000],
  BRPOPLPUSH: [-1, 1000],
  BZPOPMIN: [-1, 1000],
  BZPOPMAX: [-1, 1000],
  BLMPOP: [0, 1000],
  BZMPOP: [0, 1000],
  WAIT: [-1, 1],
  WAITAOF: [-1, 1],
};

/** Position of the time behind `BLOCK`, which stands before `STREAMS`; -1 when there is none. */
function blockOption(args: readonly Arg[]): number {
  for (let i = 0; i < args.length; i++) {
    const option = word(args[i]);
    if (option === 'STREAMS') return -1;
    if (option === 'BLOCK') return i + 1;
    if (option === 'GROUP') i += 2;
    if (option === 'COUNT') i += 1;
  }
  return -1;
}

function milliseconds(arg: Arg | undefined, unit: number): number {
  const time = Number(word(arg));
  return Number.isFinite(time) && time > 0 ? Math.ceil(time * unit) : 0;
}

/** Where a blocking command has its time, and how many milliseconds its unit has; undefined for others. */
export function timeOf({
  spec: { name },
  args,
}: AnyCommand): { readonly at: number; readonly unit: number } | undefined {
  const time = TIMES[name];
  if (time !== undefined) return { at: time[0] < 0 ? args.length + time[0] : time[0], unit: time[1] };
  const at = name === 'XREAD' || name === 'XREADGROUP' ? blockOption(args) : -1;
  return at < 0 ? undefined : { at, unit: 1 };
}

/**
 * A blocking command that has blocked for `elapsed` ms already, with the time that is left: at least 1 ms, because 0 is
 * without an end. One that blocks without an end stays as it is.
 */
export function withTimeLeft(command: AnyCommand, elapsed: number): AnyCommand {
  const { spec: known, args, reply, flags, blockMs, bytes } = command;
  const time = timeOf(command);
  if (time === undefined || blockMs === 0) return command;
  const left = Math.max(Math.round(blockMs - elapsed), 1);
  return new Command(known, args.with(time.at, String(left / time.unit)), reply, flags, left, bytes);
}

/** What they answer is no text: as such it would be damaged. */
const BYTES: ReadonlySet<string> = new Set(['DUMP', 'FUNCTION DUMP']);

function rawCommand(known: Spec, args: readonly Arg[]): AnyCommand {
  if (BYTES.has(known.name)) return new Command(known, args, asIs, known.flags, 0, true);
  const time = TIMES[known.name];
  if (time !== undefined) {
    const [position, unit] = time;
    return new Command(known, args, asIs, known.flags, milliseconds(args.at(position), unit));
  }
  if (known.name !== 'XREAD' && known.name !== 'XREADGROUP') return new Command(known, args, asIs);
  const at = blockOption(args);
  if (at < 0) return new Command(known, args, asIs);
  return new Command(known, args, asIs, known.flags | Flag.blocking, milliseconds(args[at], 1));
}

/**
 * A command from its name and arguments. Names of several words may be given as one (`config get`) or as name and
 * arguments; case does not matter. The reply is the wire value.
 *
 * @throws ArgumentError when the name is no word, or an argument is no data
 */
export function commandByName(name: string, given: readonly unknown[]): AnyCommand {
  if (typeof name !== 'string' || name.trim() === '') throw badArgument('name', 'the name of a command', name);
  const [first = '', ...rest] = name.trim().split(/\s+/);
  const args: Arg[] = rest;
  for (const [i, value] of given.entries()) args.push(toArg(value as Data, `argument ${i + 1}`));
  const upper = upperCase(first);
  const both = args.length > 0 ? knownSpec(`${upper} ${word(args[0])}`) : undefined;
  if (both !== undefined) return rawCommand(both, args.slice(1));
  return rawCommand(knownSpec(upper) ?? spec(upper, Flag.unknownKeys), args);
}

/**
 * A raw command as a value: name and arguments, the reply as it is on the wire.
 *
 * @throws ArgumentError when the name is no word, or an argument is no data
 * @example await redis.send(command('OBJECT ENCODING', 'key'))
 */
export function command<V = string>(name: string, ...args: readonly unknown[]): Command<Reply, V> {
  return commandByName(name, args) as Command<Reply, V>;
}
