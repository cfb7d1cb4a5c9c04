/**
 * Our client as the tests of BullMQ use one: beside what BullMQ itself calls they send further commands (ZADD, XLEN) to
 * prepare data and to look at it.
 */
import { type BullClient, bullClient } from '@kv/bullmq';

/** Where the tests ask for a client. */
export interface Place {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly connectionName?: string | undefined;
}

type Method = (...args: never[]) => unknown;

/** Makes a client for BullMQ that takes every command by its name in small letters. */
export function testClient({ host, port, connectionName }: Place = {}): BullClient {
  const { REDIS_HOST = '127.0.0.1', REDIS_PORT } = process.env;
  const address = { host: host ?? REDIS_HOST, port: port ?? Number(REDIS_PORT) };
  return withAllCommands(bullClient(address, { name: connectionName, backoff: { min: 1, max: 100 } }));
}

/** A client that also takes what is not in BullMQ's contract. */
export function withAllCommands(client: BullClient): BullClient {
  const duplicate: BullClient['duplicate'] = (options) => withAllCommands(client.duplicate(options) as BullClient);
  return new Proxy(client, {
    get(target, name) {
      if (name === 'duplicate') return duplicate;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value === 'function') return (value as Method).bind(target);
      if (value !== undefined || typeof name !== 'string' || !/^[a-z]+$/.test(name) || name === 'then') return value;
      return (...args: unknown[]) => target.redis.execute(name.toUpperCase(), ...args.flat().map(String));
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
