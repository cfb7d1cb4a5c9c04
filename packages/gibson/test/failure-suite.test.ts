import { startEmbedded } from '@kv/embedded';
import { namedServer } from '@kv/testkit';
import type { Calls, FailureBackend } from '@kv/testkit/failure-backend';
import { failureClient, failurePool } from '@kv/testkit/failure-facade';
import { failureSuite } from '@kv/testkit/failure-suite';
import { describe, vi } from 'vitest';
import {
  createGibson,
  createPool,
  type Gibson,
  type GibsonLease,
  type GibsonPool,
  type ServerList,
} from '../src/index.ts';

/** The cases about a frozen process move the clock. */
vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

function calls(gibson: Gibson | GibsonPool | GibsonLease): Calls {
  return {
    read: (key) => gibson.get(key),
    write: (key, value) => gibson.set(key, value),
    count: (key) => gibson.inc(key),
  };
}

/** Proxies stand between client and server. */
const host = '127.0.0.1';

/** One request at a time: whatever is called behind another waits. */
function backend(server: { host: string; port: number }): Omit<FailureBackend, 'close'> {
  return {
    server,
    large: 100,
    open: (at, options) =>
      failureClient(createGibson({ host, port: at }, { ...options, maxSize: 1 }), {
        calls,
        view: (gibson, call) => gibson.with(call),
        figures: (gibson) => gibson.clientStats(),
      }),
    openPool: async (at, options) => {
      const pool = await createPool({ host, port: at }, options);
      return failurePool<GibsonLease>(pool, calls(pool), (call) => pool.acquire(call), calls);
    },
  };
}

describe('on the embedded server', () => {
  failureSuite(async () => {
    const embedded = await startEmbedded({ gibson: { port: 0 } });
    return { ...backend({ host, port: embedded.gibson.port as number }), close: () => embedded.close() };
  });
});

/** Three servers, of which only the first, which has nearly all keys, can be reached. */
function several(port: number): ServerList {
  const away = { host, port: 1 };
  return [
    { address: { host, port }, name: 'here', weight: 1e12 },
    { address: away, name: 'away' },
    { address: away, name: 'also away' },
  ];
}

function severalBackend(port: number): Omit<FailureBackend, 'close'> {
  return {
    ...backend({ host, port }),
    open: (at, options) =>
      failureClient(createGibson(several(at), { ...options, maxSize: 1 }), {
        calls,
        view: (gibson, call) => gibson.with(call),
        figures: (gibson) => gibson.clientStats(),
      }),
    openPool: async (at, options) => {
      const pool = await createPool(several(at), options);
      const reachable = pool.nodes()[0]?.client ?? pool;
      return failurePool<GibsonLease>(reachable, calls(pool), (call) => pool.acquire({ ...call, key: 'k' }), calls);
    },
  };
}

describe('[#211] [#218] on three servers, of which two are away', () => {
  failureSuite(async () => {
    const embedded = await startEmbedded({ gibson: { port: 0 } });
    return { ...severalBackend(embedded.gibson.port as number), close: () => embedded.close() };
  });
});

const server = namedServer('gibson');

describe.skipIf(server === undefined)('on the server that KV_TEST_GIBSON names', () => {
  failureSuite(() =>
    Promise.resolve({
      ...backend({ host: server?.host ?? host, port: server?.port ?? 1 }),
      close: () => Promise.resolve(),
    }),
  );
});

describe.skipIf(server === undefined)('[#218] on that server and two that are away', () => {
  failureSuite(() =>
    Promise.resolve({
      ...severalBackend(server?.port ?? 1),
      close: () => Promise.resolve(),
    }),
  );
});
