// One client, one measure, one process: probe.mjs '{"measure":"pending","client":"ioredis","module":"ioredis",…}'.
// Plain JavaScript, so that nothing has to be compiled before a client is loaded. Prints JSON.
import { once } from 'node:events';
import { connect } from 'node:net';

const { measure, client, module, host, port } = JSON.parse(process.argv[2]);

/** How each client is loaded, made, connected and asked, as its documentation shows it. */
const clients = {
  kv: async () => {
    const { createRedis } = await import(module);
    return async () => {
      const redis = createRedis({ host, port });
      await redis.connect();
      return redis;
    };
  },
  ioredis: async () => {
    const { Redis } = await import(module);
    return async () => {
      const redis = new Redis({ host, port, lazyConnect: true });
      await redis.connect();
      return redis;
    };
  },
  'node-redis': async () => {
    const { createClient } = await import(module);
    return async () => {
      const redis = createClient({ socket: { host, port } });
      redis.on('error', () => {});
      await redis.connect();
      return redis;
    };
  },
  glide: async () => {
    const { GlideClient } = await import(module);
    const addresses = [{ host, port }];
    return () => GlideClient.createClient({ addresses, requestTimeout: 60_000, inflightRequestsLimit: 100_000 });
  },
};

/** Bytes in use when everything that can be collected is. */
function used() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** The server reads commands and runs none, for a minute. */
async function pauseServer() {
  const socket = connect({ host, port });
  socket.write('CLIENT PAUSE 60000 ALL\r\n');
  await once(socket, 'data');
}

const CALLS = 20_000;
/** Opened before it is measured: what V8 compiles meanwhile, and how far it lets the heap grow, is no cost of a client. */
const WARM_UP = 100;
const CLIENTS = 300;

const measures = {
  /** From the first statement of a program to the first reply, ms. */
  'start-up': async (load) => {
    const begin = performance.now();
    const open = await load();
    await (await open()).get('key');
    return { 'start-up': performance.now() - begin };
  },
  /** Bytes per call that has been sent and has no answer yet, with the promise that the caller holds. */
  pending: async (load) => {
    const redis = await (await load())();
    for (let i = 0; i < 2000; i++) await redis.get('key');
    await pauseServer();
    const calls = new Array(CALLS).fill(undefined);
    const before = used();
    for (let i = 0; i < CALLS; i++) calls[i] = redis.get(`key:${i}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { pending: (used().heap - before.heap) / CALLS };
  },
  /** kB per client that is connected and does nothing. */
  idle: async (load) => {
    const open = await load();
    const clients = [];
    for (let i = 0; i < WARM_UP; i++) clients.push(await open());
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = used();
    for (let i = 0; i < CLIENTS; i++) clients.push(await open());
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = used();
    const each = (name) => (after[name] - before[name]) / CLIENTS / 1000;
    return { 'idle-rss': each('rss'), 'idle-heap': each('heap') };
  },
};

process.on('unhandledRejection', (error) => {
  process.stderr.write(`Error: a call failed before it was measured: ${error?.message || error?.constructor?.name}\n`);
  process.exit(1);
});
const result = await measures[measure](clients[client]);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
