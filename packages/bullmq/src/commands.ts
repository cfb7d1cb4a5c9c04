/** The commands of BullMQ: one table, from which clients and transactions have their methods. */
import { Command, command } from '@kv/redis';
import { hgetall } from '@kv/redis/commands';
import type { IRedisClient, IRedisTransaction } from 'bullmq';

/** The methods of a client that send a command: those that return a promise, but for some that do more. */
export type ClientCommands = {
  [Name in keyof IRedisClient as IRedisClient[Name] extends (...args: never[]) => Promise<unknown>
    ? Exclude<Name, 'connect' | 'quit' | 'runCommand' | 'clientSetName'>
    : never]: IRedisClient[Name];
};

/** With those that only transactions have. */
type Methods = ClientCommands & Omit<IRedisTransaction, keyof ClientCommands | 'runCommand' | 'exec'>;
type Commands = { readonly [Name in keyof Methods]: (...args: Parameters<Methods[Name]>) => Command<unknown> };

/** Values as text or bytes. Lists among them are taken apart, nothing is an empty text. */
export function toWire(values: readonly unknown[], wire: (string | Uint8Array)[] = []): (string | Uint8Array)[] {
  for (const value of values) {
    if (Array.isArray(value)) toWire(value, wire);
    else if (typeof value === 'string' || value instanceof Uint8Array) wire.push(value);
    else wire.push(String((value ?? '') as number | boolean));
  }
  return wire;
}

function call(name: string, ...args: readonly unknown[]): Command<unknown> {
  return command(name, ...toWire(args));
}

/** Commands with the names and the arguments of their methods. */
function sameArguments<Name extends keyof Commands>(...names: readonly Name[]): Pick<Commands, Name> {
  const commands = names.map((name) => [name, (...args: unknown[]) => call(name, ...args)]);
  return Object.fromEntries(commands) as Pick<Commands, Name>;
}

/** `{ COUNT: 5, BLOCK: undefined, WITHSCORES: true }` is `COUNT 5 WITHSCORES`. */
function options(given: object = {}): unknown[] {
  const set = Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== false);
  return set.map(([name, value]) => (value === true ? name : [name, value]));
}

/** Makes the command of each method from its arguments. */
export const COMMANDS: Commands = {
  ...sameArguments('get', 'del', 'smembers', 'hget', 'hmget', 'hdel', 'hexists', 'lrange', 'llen', 'ltrim', 'lpos'),
  ...sameArguments('zcard', 'zscore', 'bzpopmin', 'info'),
  clientInfo: () => call('CLIENT INFO'),
  clientList: () => call('CLIENT LIST'),
  hgetall: (key) => {
    const { spec, args, reply } = hgetall(key);
    return new Command(spec, args, (raw, sent) => ({ ...reply(raw, sent) })); // a plain object: BullMQ hands it on
  },
  hscan: (key, cursor, given) => call('HSCAN', key, cursor, options(given)),
  hset: (key, fields) => call('HSET', key, Object.entries(fields)),
  scan: (cursor, given) => call('SCAN', cursor, options(given)),
  set: (key, value, { PX, EX } = {}) => call('SET', key, value, options(PX === undefined ? { EX } : { PX })),
  sscan: (key, cursor, given) => call('SSCAN', key, cursor, options(given)),
  xadd: (key, id, fields, { MAXLEN, approximate } = {}) => {
    const trim = MAXLEN === undefined ? [] : ['MAXLEN', approximate === false ? [] : '~', MAXLEN];
    return call('XADD', key, trim, id, Object.entries(fields));
  },
  xread: (streams, given) => {
    const names = [...streams.map(({ key }) => key), ...streams.map(({ id }) => id)];
    return call('XREAD', options(given), 'STREAMS', names);
  },
  xtrim: (key, by, limit, { approximate } = {}) => call('XTRIM', key, by, approximate === false ? [] : '~', limit),
  zrange: (key, start, end, given) => call('ZRANGE', key, start, end, options(given)),
  zrevrange: (key, start, end, given) => call('ZREVRANGE', key, start, end, options(given)),
};

/** What has the methods of the table. */
export interface CommandSender {
  /** Sends or collects a command; what it gives back is what the method gives back. */
  send(command: Command<unknown>): unknown;
}

/** Gives a class the methods of the table that it does not have itself. */
export function installCommands(prototype: CommandSender): void {
  for (const [name, make] of Object.entries<(...args: never[]) => Command<unknown>>(COMMANDS)) {
    if (name in prototype) continue;
    const value = function (this: CommandSender, ...args: never[]): unknown {
      return this.send(make(...args));
    };
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  }
}
