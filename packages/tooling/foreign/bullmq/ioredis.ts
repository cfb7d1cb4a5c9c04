/** In place of ioredis, for tests that make a client of it and give that to BullMQ. */
import { type Place, testClient } from './client.ts';

/** `new IORedis(host, options)` makes our client. */
export default class Client {
  constructor(host?: string | Place, options: Place = {}) {
    // biome-ignore lint/correctness/noConstructorReturn: the tests say `new`
    return testClient(typeof host === 'string' ? { ...options, host: host === 'localhost' ? undefined : host } : host);
  }
}
