import {
  type Adds,
  type CallOptions,
  Client,
  type ClientMembers,
  type ClientSetup,
  type ClientStats,
  clientMembers,
  commonSetup,
  duplicateCall,
  duplicateOrigin,
  type Engine,
  interruptible,
  type KvClient,
  keepOrigin,
  keyedPool,
  mergeCallOptions,
  type Origin,
  type ServerOf,
  setHidden,
} from '@kv/core';
import { type DumpOptions, dump, type SyncOptions, sync140 } from '../commands/server.ts';
import { ssdbProtocol } from '../protocol/protocol.ts';
import { Scanner } from '../streams/scan.ts';
import { type DumpEntry, dumpEntry, type SyncEntry, syncEntry } from '../streams/streams.ts';
import { byFirstKey } from './connection-choice.ts';
import {
  connectionsFor,
  type ReadOptions,
  readClientOptions,
  type SsdbAddress,
  type SsdbClientOptions,
  type SsdbOptions,
} from './options.ts';
import { addressText, shardRouter } from './servers.ts';

const Base: typeof Scanner & Adds<ClientMembers> = /* @__PURE__ */ clientMembers(Scanner);

/** A client that the whole process can share. Commands share a few connections; streams use dedicated ones. */
export class Ssdb<V = string> extends Base<V> implements KvClient<V> {
  declare protected readonly client: Engine;

  /** Made by {@link createSsdb}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call);
    setHidden(this, 'client', client);
  }

  /**
   * The servers, each with a view of this client that sends everything there: for commands that mean one server, such as
   * `info`. Closing such a view closes the client.
   *
   * @example for (const { name, client } of ssdb.nodes()) console.log(name, await client.dbsize())
   */
  nodes(): ServerOf<this>[] {
    const View = this.constructor as SsdbClass<this>;
    return this.client.servers.map((server) => ({ ...server, client: new View(server.client, this.call) }));
  }

  /**
   * A further client of the same class, with the address, the options and the call options of this one; `options` say
   * what differs. Nothing is shared with it.
   *
   * @throws ArgumentError for a wrong option
   * @example await using reader = ssdb.duplicate({ name: 'reader' })
   */
  duplicate(options: Omit<SsdbClientOptions, 'bytes'> = {}): this {
    const View = this.constructor as SsdbClass<this>;
    const origin: ClientOrigin = duplicateOrigin(this.client, options, readClientOptions);
    return new View(makeEngine(origin), duplicateCall(this.call, options));
  }

  /** Counts, latencies and connections since the client was made. */
  stats(): ClientStats {
    return this.client.stats();
  }

  /** A cheap view of the same client with other call options. */
  with(options: CallOptions & { readonly bytes: true }): Ssdb<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): Ssdb<string>;
  with(options: CallOptions): this;
  with(options: CallOptions): unknown {
    const View = this.constructor as SsdbClass<unknown>;
    return new View(this.client, mergeCallOptions(this.call, options));
  }

  /**
   * Everything that is stored, entry by entry as the storage keeps it, on a connection of its own. A slow reader holds
   * the server back; leaving the loop ends the connection. A key prefix has no effect here.
   *
   * @example for await (const { key, value } of ssdb.dump()) if (key?.type === 'kv') console.log(key.key, value)
   */
  dump(options: DumpOptions = {}): AsyncGenerator<DumpEntry, void, undefined> {
    const { client, call } = this;
    return interruptible(async function* (left) {
      const frames = await client.stream(dump(options), call);
      void left.then(() => frames.return());
      for await (const frame of frames) yield dumpEntry(frame);
    });
  }

  /**
   * Every change, as a replica gets it, on a connection of its own and without end: first a copy of what is stored
   * (unless `lastSeq` says where to go on), then changes as they happen. Leaving the loop ends the connection; when it is
   * lost, the loop throws, and `sequence` of the last entry says where to go on.
   *
   * @example for await (const { command, key, value } of ssdb.sync140({ lastSeq })) console.log(command, key, value)
   */
  sync140(options: SyncOptions = {}): AsyncGenerator<SyncEntry, void, undefined> {
    const { client, call } = this;
    return interruptible(async function* (left) {
      const frames = await client.stream(sync140(options), call);
      void left.then(() => frames.return());
      for await (const frame of frames) yield syncEntry(frame);
    });
  }
}

/** A class of users that adds commands of their own. */
export type SsdbClass<S> = new (client: Engine, call: CallOptions) => S;

/**
 * A client for one server, or for several that share the keys among them. Returns at once; the first command (or
 * `connect()`) connects.
 *
 * @param address URL (`ssdb://:password@host:8888`, `ssdbs:`, `ssdb+unix:///path`, `embedded:`), `{ host, port }`,
 *   `{ path }` or `{ connect }`; or a list of those and of `{ address, name, weight, replicas }`. Default:
 *   `ssdb://127.0.0.1:8888`
 * @throws ArgumentError for a wrong address or option, or two servers of one name
 * @example
 * await using ssdb = createSsdb('ssdb://localhost:8888')
 * await ssdb.set('a', 1)
 */
export function createSsdb(
  address?: SsdbAddress,
  options?: SsdbClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Ssdb;
export function createSsdb(
  address: SsdbAddress | undefined,
  options: SsdbClientOptions & { readonly bytes: true; readonly client?: undefined },
): Ssdb<Uint8Array>;
export function createSsdb(
  address: SsdbAddress | undefined,
  options: SsdbClientOptions & { readonly client?: undefined },
): Ssdb<string | Uint8Array>;
export function createSsdb<S>(
  address: SsdbAddress | undefined,
  options: SsdbClientOptions & { readonly client: SsdbClass<S> },
): S;
// Once more: the last one is what `ReturnType<typeof createSsdb>` means.
export function createSsdb(
  address?: SsdbAddress,
  options?: SsdbClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Ssdb;
export function createSsdb(
  address?: SsdbAddress,
  options: SsdbClientOptions & { readonly client?: SsdbClass<unknown> | undefined } = {},
): unknown {
  const read = readClientOptions(address, options);
  const { client: Type = Ssdb } = read.options;
  return new Type(makeEngine({ address, options, read }), callOf(read));
}

type ClientOrigin = Origin<SsdbAddress | undefined, SsdbClientOptions, ReadOptions<SsdbClientOptions>>;

function makeEngine(origin: ClientOrigin): Engine {
  const { read } = origin;
  const { connections = connectionsFor(read.servers?.length ?? 1) } = read.options;
  const setup = {
    ...clientSetup(read),
    pools: {
      shared: { minSize: connections, maxSize: connections, makePool: keyedPool(byFirstKey(connections)) },
      sessions: 'shared',
      blocking: { minSize: 0, maxSize: 1 },
      streams: { minSize: 0, maxSize: Number.POSITIVE_INFINITY },
    },
  } as const;
  return keepOrigin(new Client(setup, shardRouter(read)), origin);
}

/** What is the same for clients, pools and connections. */
export function clientSetup(read: ReadOptions<SsdbOptions>): Omit<ClientSetup, 'pools'> {
  return {
    ...commonSetup(read.options, 'ssdb'),
    protocol: ssdbProtocol(read.options),
    address: read.address,
    addressText: addressText(read),
    alternative: ({ spec: { name } }) => INSTEAD[name] ?? 'use a connection of its own',
  };
}

const INSTEAD: Readonly<Record<string, string>> = {
  auth: 'use the password option',
  ignore_key_range: 'use createConnection()',
  dump: 'use dump() of a client',
  sync140: 'use sync140() of a client',
};

/** The call options that come from creation options. */
export function callOf({ options }: ReadOptions<SsdbOptions>): CallOptions {
  const { bytes = false, keyPrefix = '' } = options;
  return mergeCallOptions({}, { bytes, keyPrefix });
}
