/** One argument as it goes on the wire: text (UTF-8) or raw bytes. Numbers are formatted by the command function. */
export type Arg = string | Uint8Array;

/**
 * What the engine must know about a command, as bits of {@link AnyCommand.flags}.
 *
 * A command value starts with the flags of its spec and may add some (`SET` without `NX`, `XX` or `GET` is
 * `idempotent`, with them it is not).
 */
export const Flag = {
  /** Does not change data: may be repeated after a connection loss. */
  read: 1,
  /** Repeating it gives the same state on the server (not necessarily the same answer). */
  idempotent: 2,
  /** The server may keep the answer back on purpose ({@link AnyCommand.blockMs}); needs a connection of its own. */
  blocking: 4,
  /** Changes the state of the connection (SELECT, WATCH, MULTI, AUTH, …): only on an exclusive connection. */
  stateful: 8,
  /** Answers with frames until the connection ends or the protocol says so (MONITOR, dump, sync140). */
  stream: 16,
  /** Changes what the server pushes (SUBSCRIBE, …): belongs to the subscription interface. */
  subscription: 32,
  /** Never sent by this family (CLIENT REPLY, SYNC, …): it would break the pairing of requests and replies. */
  forbidden: 64,
  /** Ends the connection (QUIT, END): means `close()` here. */
  quit: 128,
  /** Runs code of the user's (scripts, functions): its error replies may use any word, so none says that it did not run. */
  opaque: 256,
  /** Begins or ends a unit: its reply tells whether the connection is back in its plain state. */
  unit: 512,
  /** A raw command whose keys are unknown: with a key prefix it cannot be sent. */
  unknownKeys: 1024,
  /** Its reply is kept: the wire tells what keeps it, before the caller gets it. */
  kept: 2048,
  /** Its reply is wanted in the shapes of an older protocol. */
  flat: 4096,
  /** Its reply is read once: where it is a map or a set, a list may come in its place. */
  listed: 8192,
} as const;

/**
 * Which arguments are keys: positions `first`, `first + step`, … up to `last` (negative: from the end), counted
 * from 0 without the name; or a function that finds them; or `null` when there are none.
 */
export type KeySpec = null | { first: number; last: number; step: number } | ((args: readonly Arg[]) => number[]);

/** The constant part of a command: one per command, shared by all its values. */
export interface Spec {
  /** The protocol's own name, e.g. `GET` or `CONFIG GET`. */
  readonly name: string;
  /** Bits of {@link Flag}. */
  readonly flags: number;
  readonly keys: KeySpec;
  /** Scratch of the protocol: the encoded name, by number of arguments. */
  readonly heads: string[];
  /** Asked once per reply (an error reply comes as the error): what it returns is sent in its place. */
  readonly fallback?: ((reply: unknown, command: AnyCommand) => AnyCommand | undefined) | undefined;
}

/** The engine's view of a command: everything but the user-facing data type. */
export interface AnyCommand<T = unknown> {
  readonly spec: Spec;
  readonly args: readonly Arg[];
  /** Bits of {@link Flag}. */
  readonly flags: number;
  /** For blocking commands: how long the server may hold the reply, in ms; 0 = no limit. */
  readonly blockMs: number;
  /** Whether this value asks for bytes, whatever its client does. What the caller gets is in `ReplySink.head().bytes`. */
  readonly bytes: boolean;
  /** Wire value to user value. */
  reply(raw: unknown, command: AnyCommand): T;
}

/** Type-only mark: which type users' data has in a command's result (`string` or `Uint8Array`). Never set at run time. */
export interface Of<V> {
  readonly '~data'?: (v: V) => V;
}

/** Wire value → user value. */
export type Transform<T> = (raw: unknown, command: AnyCommand) => T;

/**
 * A command as a plain value: nothing is sent until a client, pipeline or lease sends it.
 *
 * `T` is the result, `V` the type of user data in it (`string`, or `Uint8Array` when bytes are asked for).
 */
export class Command<T, V = string> implements AnyCommand<T>, Of<V> {
  declare readonly '~data'?: (v: V) => V;
  readonly spec: Spec;
  readonly args: readonly Arg[];
  readonly flags: number;
  readonly blockMs: number;
  readonly bytes: boolean;
  readonly reply: Transform<T>;

  constructor(
    spec: Spec,
    args: readonly Arg[],
    reply: Transform<T>,
    flags: number = spec.flags,
    blockMs: number = 0,
    bytes: boolean = false,
  ) {
    this.spec = spec;
    this.args = args;
    this.flags = flags;
    this.blockMs = blockMs;
    this.bytes = bytes;
    this.reply = reply;
  }
}

/** The results of a list of commands, position by position. */
export type Results<Cs extends readonly unknown[]> = {
  -readonly [K in keyof Cs]: Cs[K] extends AnyCommand<infer T> ? T : never;
};

/** The common key positions. */
export const Keys: {
  readonly none: null;
  /** The first argument. */
  readonly first: KeySpec;
  /** The first two arguments. */
  readonly two: KeySpec;
  /** Every argument. */
  readonly all: KeySpec;
  /** Every argument but the last. */
  readonly butLast: KeySpec;
  /** Every second argument, from the first: `key value key value …`. */
  readonly pairs: KeySpec;
  /** The second argument. */
  readonly second: KeySpec;
} = {
  none: null,
  first: { first: 0, last: 0, step: 1 },
  two: { first: 0, last: 1, step: 1 },
  all: { first: 0, last: -1, step: 1 },
  butLast: { first: 0, last: -2, step: 1 },
  pairs: { first: 0, last: -1, step: 2 },
  second: { first: 1, last: 1, step: 1 },
};

/** A spec with the given flags. `again` see {@link Spec.fallback}. */
export function spec(name: string, flags: number, keys: KeySpec = null, fallback?: Spec['fallback']): Spec {
  return { name, flags, keys, heads: [], fallback: fallback };
}

/** A command that only reads. */
export function read(name: string, keys: KeySpec = Keys.first): Spec {
  return spec(name, Flag.read, keys);
}

/** A command that changes data, and changes it again when repeated. */
export function write(name: string, keys: KeySpec = Keys.first): Spec {
  return spec(name, 0, keys);
}

/** A command that changes data; repeated, it leaves the same state. */
export function idempotent(name: string, keys: KeySpec = Keys.first): Spec {
  return spec(name, Flag.idempotent, keys);
}

/** A command that the server may hold back; its values carry `blockMs`. */
export function blocking(name: string, keys: KeySpec = Keys.first): Spec {
  return spec(name, Flag.blocking, keys);
}

/** A command that changes the state of the connection. */
export function stateful(name: string, keys: KeySpec = null): Spec {
  return spec(name, Flag.stateful, keys);
}

/** The positions of the keys among the arguments of a command. */
export function keyPositions(keys: KeySpec, args: readonly Arg[]): number[] {
  if (keys === null) return [];
  if (typeof keys === 'function') return keys(args);
  const last = keys.last < 0 ? args.length + keys.last : Math.min(keys.last, args.length - 1);
  const positions: number[] = [];
  for (let i = keys.first; i <= last; i += keys.step) positions.push(i);
  return positions;
}

/** The first key of a command, without allocation where positions are constant; undefined when it has none. */
export function firstKey({ spec: { keys }, args }: Pick<AnyCommand, 'spec' | 'args'>): Arg | undefined {
  if (keys === null) return undefined;
  return typeof keys === 'function' ? args[keys(args)[0] ?? -1] : args[keys.first];
}
