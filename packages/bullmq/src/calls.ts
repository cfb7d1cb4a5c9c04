/** Calls of BullMQ as commands, with the replies of RESP2. */
import { type Command, command, type Redis, type Script } from '@kv/redis';

/** Text or bytes for the wire; nothing is an empty text. */
function toWire(value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return value === null || value === undefined ? '' : String(value as number | boolean);
}

/** Values for the wire; lists among them are taken apart. */
function toWires(values: readonly unknown[], wires: (string | Uint8Array)[] = []): (string | Uint8Array)[] {
  for (const value of values) {
    if (Array.isArray(value)) toWires(value, wires);
    else wires.push(toWire(value));
  }
  return wires;
}

/** A command by its name; lists among the arguments are taken apart. */
export function call(name: string, ...args: readonly unknown[]): Command<unknown> {
  return command(name, ...toWires(args));
}

/** Names and values of an object, one after the other. */
export function pairs(fields: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(fields).flat();
}

/** Options that have a value, with their names: `{ COUNT: 5 }` is `COUNT 5`. */
export function options(given: Readonly<Record<string, unknown>> = {}): unknown[] {
  return Object.entries(given).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name, value]));
}

/** An object of the flat list of HGETALL. */
export function toObject(reply: unknown): Record<string, string> {
  const object: Record<string, string> = {};
  const flat = reply as readonly string[];
  for (let at = 0; at < flat.length; at += 2) {
    const value = flat[at + 1] as string;
    Object.defineProperty(object, flat[at] as string, { value, configurable: true, enumerable: true, writable: true });
  }
  return object;
}

/**
 * What may run twice: it looks at the lock of the job first, or makes the next job of a scheduler, which has one name. And what
 * asks for a job: one that was given to a lost connection comes back when its lock is over, whether or not another is given.
 */
const REPEATABLE: ReadonlySet<string> = new Set([
  ...[
    'moveToActive',
    'moveToFinished',
    'moveToDelayed',
    'moveToWaitingChildren',
    'moveJobFromActiveToWait',
    'retryJob',
  ],
  ...[
    'extendLock',
    'extendLocks',
    'releaseLock',
    'updateProgress',
    'updateData',
    'saveStacktrace',
    'updateJobScheduler',
  ],
]);

/** What a script is for BullMQ. */
export interface ScriptSource {
  readonly numberOfKeys: number;
  readonly lua: string;
}

/** A script that BullMQ has defined. */
export class DefinedScript {
  /** Whether it may be sent again when its connection was lost with it on its way. */
  readonly repeatable: boolean;
  readonly #source: ScriptSource;
  #script: Script | undefined;

  constructor(name: string, source: ScriptSource) {
    this.repeatable = REPEATABLE.has(name.split(':', 1)[0] as string); // `name:version`
    this.#source = source;
  }

  /** A call of it; it is prepared for the first one. */
  call(redis: Redis, args: readonly unknown[]): Command<unknown> {
    this.#script ??= redis.script(this.#source.lua, { keys: this.#source.numberOfKeys });
    return this.#script.command(...toWires(args));
  }
}

/** The scripts of a client and of those that are made from it, by name. */
export type Scripts = Map<string, DefinedScript>;

/** Looks up a script. @throws Error when it was not defined */
export function scriptOf(scripts: Scripts, name: string): DefinedScript {
  const script = scripts.get(name);
  if (script === undefined) throw new Error(`${name}: the script was not defined`);
  return script;
}
