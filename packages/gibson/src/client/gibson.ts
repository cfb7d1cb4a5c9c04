import {
  type Adds,
  type CallOptions,
  Client,
  type ClientMembers,
  type ClientSetup,
  type ClientStats,
  clientMembers,
  commonSetup,
  DEFAULT_MAX_SIZE,
  duplicateCall,
  duplicateOrigin,
  type Engine,
  type KvClient,
  keepOrigin,
  mergeCallOptions,
  type Origin,
  type ServerOf,
  setHidden,
} from '@kv/core';
import { GibsonProtocol } from '../protocol/protocol.ts';
import {
  type GibsonAddress,
  type GibsonClientOptions,
  type GibsonOptions,
  type ReadOptions,
  readClientOptions,
  serverLimitsOf,
  windowOf,
} from './options.ts';
import { addressText, shardRouter } from './servers.ts';
import { TypedExecutor } from './typed-executor.ts';

const Base: typeof TypedExecutor & Adds<ClientMembers> = /* @__PURE__ */ clientMembers(TypedExecutor);

/** A client that the whole process can share. Each command takes a connection for the time of one reply; there are at most `maxSize`. */
export class Gibson<V = string> extends Base<V> implements KvClient<V> {
  declare protected readonly client: Engine;

  /** Made by {@link createGibson}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call, limitsOf(client));
    setHidden(this, 'client', client);
  }

  /**
   * The servers, each with a view of this client that sends everything there: for commands that mean one server, such as
   * `stats`. Closing such a view closes the client.
   *
   * @example for (const { name, client } of gibson.nodes()) console.log(name, await client.stats())
   */
  nodes(): ServerOf<this>[] {
    const View = this.constructor as GibsonClass<this>;
    return this.client.servers.map((server) => ({ ...server, client: new View(server.client, this.call) }));
  }

  /**
   * A further client of the same class, with the address, the options and the call options of this one; `options` say
   * what differs. Nothing is shared with it.
   *
   * @throws ArgumentError for a wrong option
   * @example await using reader = gibson.duplicate({ name: 'reader' })
   */
  duplicate(options: Omit<GibsonClientOptions, 'bytes'> = {}): this {
    const View = this.constructor as GibsonClass<this>;
    const origin: ClientOrigin = duplicateOrigin(this.client, options, readClientOptions);
    return new View(makeEngine(origin), duplicateCall(this.call, options));
  }

  /** Counts, latencies and connections since the client was made. What the server counts is in `stats()`. */
  clientStats(): ClientStats {
    return this.client.stats();
  }

  /** A cheap view of the same client with other call options. */
  with(options: CallOptions & { readonly bytes: true }): Gibson<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): Gibson<string>;
  with(options: CallOptions): this;
  with(options: CallOptions): unknown {
    const View = this.constructor as GibsonClass<unknown>;
    return new View(this.client, mergeCallOptions(this.call, options));
  }
}

/** A class of users that adds commands of their own. */
export type GibsonClass<G> = new (client: Engine, call: CallOptions) => G;

/**
 * A client for one server, or for several that share the keys among them. Returns at once; the first command (or
 * `connect()`) connects.
 *
 * @param address URL (`gibson://host:10128`, `gibson+unix:///path`, `embedded:`), `{ host, port }`, `{ path }` or
 *   `{ connect }`; or a list of those and of `{ address, name, weight }`. Default: `gibson://127.0.0.1:10128`
 * @throws ArgumentError for a wrong address or option, or two servers of one name
 * @example
 * await using gibson = createGibson('gibson://localhost:10128')
 * await gibson.set('a', 1, { ttl: 60 })
 */
export function createGibson(
  address?: GibsonAddress,
  options?: GibsonClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Gibson;
export function createGibson(
  address: GibsonAddress | undefined,
  options: GibsonClientOptions & { readonly bytes: true; readonly client?: undefined },
): Gibson<Uint8Array>;
export function createGibson(
  address: GibsonAddress | undefined,
  options: GibsonClientOptions & { readonly client?: undefined },
): Gibson<string | Uint8Array>;
export function createGibson<G>(
  address: GibsonAddress | undefined,
  options: GibsonClientOptions & { readonly client: GibsonClass<G> },
): G;
// Once more: the last one is what `ReturnType<typeof createGibson>` means.
export function createGibson(
  address?: GibsonAddress,
  options?: GibsonClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Gibson;
export function createGibson(
  address?: GibsonAddress,
  options: GibsonClientOptions & { readonly client?: GibsonClass<unknown> | undefined } = {},
): unknown {
  const read = readClientOptions(address, options);
  const { client: Type = Gibson } = read.options;
  return new Type(makeEngine({ address, options, read }), callOf(read));
}

type ClientOrigin = Origin<GibsonAddress | undefined, GibsonClientOptions, ReadOptions<GibsonClientOptions>>;

function makeEngine(origin: ClientOrigin): Engine {
  const { read } = origin;
  const { maxSize = DEFAULT_MAX_SIZE } = read.options;
  const shared = { minSize: 1, maxSize, growThreshold: 1 };
  const unused = { minSize: 0, maxSize: 1 }; // nothing in Gibson blocks or streams
  const pools = { shared, sessions: 'shared', blocking: unused, streams: unused } as const;
  return keepOrigin(new Client({ ...clientSetup(read), pools }, shardRouter(read)), origin);
}

/** What is the same for clients, pools and connections. */
export function clientSetup(read: ReadOptions<GibsonOptions>): Omit<ClientSetup, 'pools'> {
  const { options } = read;
  return {
    ...commonSetup(options, 'gibson'),
    protocol: new GibsonProtocol({
      window: windowOf(options),
      serverLimits: serverLimitsOf(options),
      replyLimits: options.limits ?? {},
    }),
    address: read.address,
    addressText: addressText(read),
  };
}

/** The call options that come from creation options. */
export function callOf({ options }: ReadOptions<GibsonOptions>): CallOptions {
  const { bytes = false, keyPrefix = '' } = options;
  return mergeCallOptions({}, { bytes, keyPrefix });
}

/** The limits that a client was made with. */
export function limitsOf(client: Engine): GibsonProtocol['serverLimits'] {
  return (client.setup.protocol as GibsonProtocol).serverLimits;
}
