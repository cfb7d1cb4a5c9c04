/** The server of this run, for all tests of a file. */
import { type AdapterServer, adapterServers } from '@kv/testkit/adapter-servers';
import { afterAll } from 'vitest';

const named = adapterServers.find(([name]) => name === process.env.KV_FOREIGN_SERVER);
if (named === undefined) throw new Error('KV_FOREIGN_SERVER: expected the name of a server');

/** It is a real Redis, an embedded SSDB or an embedded Gibson. */
export const server: AdapterServer = await named[1]();
afterAll(() => server.close());
