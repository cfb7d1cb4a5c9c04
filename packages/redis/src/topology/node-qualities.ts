import {
  type AnyCommand,
  Command,
  type Connection,
  ConnectionError,
  type Endpoint,
  monotonicNow,
  read,
} from '@kv/core';
import { text } from '../commands/support/replies.ts';
import type { RedisWire } from '../protocol/wire.ts';
import { READONLY } from './cluster-commands.ts';
import { ReplicaLinks } from './replica-links.ts';

const PING: AnyCommand = new Command(read('PING', null), [], text);
const INFO_SERVER: Command<string> = new Command(read('INFO', null), ['server'], text);

/** How long a measurement of a round trip counts, and how long to wait before a server is asked for its zone again, ms. */
const FRESH = 10_000;

/** Longest time for an answer, ms. */
const ANSWER_TIMEOUT = 1000;

/** How much the newest round trip counts against those before. */
const WEIGHT = 0.2;

/** Sends a command of the library's own to one server. */
type Ask = <T>(endpoint: Endpoint, command: AnyCommand<T>, options: { timeout: number; retry: 'never' }) => Promise<T>;

/** What is known of the servers of a cluster. */
interface ClusterQualities {
  /** What the map says about a server. */
  nodeOf(endpoint: Endpoint): { readonly zone?: string | undefined } | undefined;
}

/** How far servers are away, and in which zone. They are asked when somebody wants to know. */
export class NodeQualities {
  /** Whether replicas have the data of their primary. */
  readonly links: ReplicaLinks;
  readonly #ask: Ask;
  readonly #cluster: ClusterQualities | undefined;
  readonly #roundTrips = new WeakMap<Endpoint, number>();
  readonly #zones = new WeakMap<Endpoint, string>();
  readonly #pinged = new WeakMap<Endpoint, number>();
  readonly #zoneAsked = new WeakMap<Endpoint, number>();

  /** @param cluster absent where the servers are none of a cluster */
  constructor(ask: Ask, cluster?: ClusterQualities) {
    this.#ask = ask;
    this.links = new ReplicaLinks({ ask });
    this.#cluster = cluster;
  }

  /**
   * The last step of the handshake. In a cluster a connection to a replica is allowed to read there; one to a primary is
   * not.
   */
  async greet(connection: Connection, endpoint: Endpoint): Promise<void> {
    const { zone, told } = connection.wire as RedisWire;
    if (zone !== undefined) this.#zones.set(endpoint, zone);
    if (endpoint.identity.role !== 'replica') return;
    const allowed = this.#cluster === undefined ? undefined : this.#allowReads(connection, endpoint);
    await Promise.all([allowed, this.links.opened(connection, endpoint, told)]);
  }

  async #allowReads(connection: Connection, endpoint: Endpoint): Promise<void> {
    const began = monotonicNow();
    try {
      await connection.sendInternal(READONLY);
    } catch (cause) {
      // Others may answer the reads that wait for this connection.
      throw new ConnectionError(`${endpoint.identity.addressText}: READONLY was refused`, { cause });
    }
    this.#measured(endpoint, monotonicNow() - began);
  }

  /** Mean round trip in ms, newer ones counting more; `Infinity` when it is not known yet. */
  roundTrip(endpoint: Endpoint): number {
    whenDue(this.#pinged, endpoint, async () => {
      const began = monotonicNow();
      await this.#ask(endpoint, PING, { timeout: ANSWER_TIMEOUT, retry: 'never' });
      this.#measured(endpoint, monotonicNow() - began);
    });
    return this.#roundTrips.get(endpoint) ?? Number.POSITIVE_INFINITY;
  }

  /** The availability zone, as far as it is known: servers tell it in the map, in HELLO or in INFO. */
  zoneOf(endpoint: Endpoint): string | undefined {
    return this.#cluster?.nodeOf(endpoint)?.zone ?? this.#zones.get(endpoint);
  }

  /** The same; a server that has not told its zone is asked for it, for later. */
  wantedZoneOf(endpoint: Endpoint): string | undefined {
    const zone = this.zoneOf(endpoint);
    if (zone === undefined)
      whenDue(this.#zoneAsked, endpoint, async () => {
        const info = await this.#ask(endpoint, INFO_SERVER, { timeout: ANSWER_TIMEOUT, retry: 'never' });
        this.#zones.set(endpoint, /^availability_zone:(.*?)\r?$/m.exec(info)?.[1] ?? '');
      });
    return zone;
  }

  #measured(endpoint: Endpoint, milliseconds: number): void {
    const before = this.#roundTrips.get(endpoint) ?? milliseconds;
    this.#roundTrips.set(endpoint, before + (milliseconds - before) * WEIGHT);
  }
}

/** Asks once in a while; a failure tells nothing. */
function whenDue(asked: WeakMap<Endpoint, number>, endpoint: Endpoint, ask: () => Promise<void>): void {
  const now = monotonicNow();
  if (now - (asked.get(endpoint) ?? Number.NEGATIVE_INFINITY) < FRESH) return;
  asked.set(endpoint, now);
  ask().catch(() => undefined);
}
