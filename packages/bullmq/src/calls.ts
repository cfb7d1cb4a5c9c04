/** Calls of BullMQ as commands, with the replies of RESP2. */
import { type Command, command, type Redis, type Script } from '@kv/redis';

/** Text or bytes for the wire; nothing is an empty text. */
function toWire(value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return value === null || value === undefined ? '' : String(value as number | boolean);
}

/** A command by its name; lists among the arguments are taken apart. */
export function call(name: string, ...args: readonly unknown[]): Command<unknown> {
  return command(name, ...args.flat().map(toWire));
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

/** What makes the same of a job when it is run again, because it looks at the lock of the job first. */
const REPEATABLE = /^(moveToFinished|extendLocks?|releaseLock|updateProgress|updateData|saveStacktrace)(-\d+)?:/;

/** Whether a script may be sent again when its connection was lost with it on its way. */
export function isRepeatable(name: string): boolean {
  return REPEATABLE.test(name);
}

/** The scripts that BullMQ has defined on a client. */
export class Scripts {
  readonly #scripts = new Map<string, Script>();

  /** Adds one under its name. */
  define(redis: Redis, name: string, lua: string, keys: number): void {
    this.#scripts.set(name, redis.script(lua, { keys }));
  }

  /** A call of one. @throws Error when it was not defined */
  call(name: string, args: readonly unknown[]): Command<unknown> {
    const script = this.#scripts.get(name);
    if (script === undefined) throw new Error(`${name}: the script was not defined`);
    return script.command(...args.flat().map(toWire));
  }
}
