import { startEmbedded } from '@kv/embedded';
import { namedServer } from '@kv/testkit';
import type { Calls, FailureBackend } from '@kv/testkit/failure-backend';
import { failureClient, failurePool } from '@kv/testkit/failure-facade';
import { failureSuite } from '@kv/testkit/failure-suite';
import { describe, vi } from 'vitest';
import { createPool, createSsdb, type ServerList, type Ssdb, type SsdbLease, type SsdbPool } from '../src/index.ts';

/** The cases about a frozen process move the clock. */
vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

function calls(ssdb: Ssdb | SsdbPool | SsdbLease): Calls {
  return {
    read: (key) => ssdb.get(key),
    write: (key, value) => ssdb.set(key, value),
    count: (key) => ssdb.incr(key),
  };
}

/** Proxies stand between client and server. */
const host = '127.0.0.1';

function backend(server: { host: string; port: number }, password?: string): Omit<FailureBackend, 'close'> {
  const login = password === undefined ? {} : { password };
  return {
    server,
    large: 16_000_000,
    open: (at, options) =>
      failureClient(createSsdb({ host, port: at }, { ...options, ...login, connections: 1 }), {
        calls,
        view: (ssdb, call) => ssdb.with(call),
        figures: (ssdb) => ssdb.stats(),
      }),
    openPool: async (at, options) => {
      const pool = await createPool({ host, port: at }, { ...options, ...login });
      return failurePool<SsdbLease>(pool, calls(pool), (call) => pool.acquire(call), calls);
    },
  };
}

describe('on the embedded server', () => {
  failureSuite(async () => {
    const embedded = await startEmbedded({ ssdb: { port: 0 } });
    return { ...backend({ host, port: embedded.ssdb.port as number }), close: () => embedded.close() };
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
      failureClient(createSsdb(several(at), { ...options, connections: 1 }), {
        calls,
        view: (ssdb, call) => ssdb.with(call),
        figures: (ssdb) => ssdb.stats(),
      }),
    openPool: async (at, options) => {
      const pool = await createPool(several(at), options);
      const reachable = pool.nodes()[0]?.client ?? pool;
      return failurePool<SsdbLease>(reachable, calls(pool), (call) => pool.acquire({ ...call, key: 'k' }), calls);
    },
  };
}

describe('[#211] [#218] on three servers, of which two are away', () => {
  failureSuite(async () => {
    const embedded = await startEmbedded({ ssdb: { port: 0 } });
    return { ...severalBackend(embedded.ssdb.port as number), close: () => embedded.close() };
  });
});

const server = namedServer('ssdb');

describe.skipIf(server === undefined)('on the server that KV_TEST_SSDB names', () => {
  failureSuite(() => {
    const place = { host: server?.host ?? host, port: server?.port ?? 1 };
    return Promise.resolve({ ...backend(place, server?.password), close: () => Promise.resolve() });
  });
});

describe.skipIf(server === undefined)('[#218] on that server and two that are away', () => {
  failureSuite(() =>
    Promise.resolve({
      ...severalBackend(server?.port ?? 1),
      close: () => Promise.resolve(),
    }),
  );
});
