import { createRedis, type RedisAddress } from '@kv/redis';
import type { RedisOptions } from 'bullmq';
import { type BullClient, KvBullClient } from './client.ts';
import { addressOf, type BullOptions, clientOptions, given, optionsOf } from './options.ts';

/**
 * A client for the option `connection` of queues, workers and their events. It connects when it is used; a worker makes
 * a further one for itself from it. What is given to BullMQ as a client is closed by you.
 *
 * @throws ArgumentError for a wrong address or option
 * @example
 * const connection = bullClient('redis://localhost:6379')
 */
export function bullClient(address?: RedisAddress, options: BullOptions = {}): BullClient {
  return new KvBullClient(createRedis(address, clientOptions(options)), options.name);
}

/**
 * Makes the clients of everything that gets plain options as its `connection`: for `RedisConnection.clientFactory`. BullMQ
 * closes them.
 *
 * @param options what all of them have; they win over those of the `connection`
 * @example
 * import { RedisConnection } from 'bullmq'
 * RedisConnection.clientFactory = bullClientFactory()
 */
export function bullClientFactory(options: BullOptions = {}): (connection: RedisOptions) => BullClient {
  return (connection) => bullClient(addressOf(connection), { ...optionsOf(connection), ...given(options) });
}
