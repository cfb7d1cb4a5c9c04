import {
  asKvError,
  attemptOf,
  Client,
  type ClientSetup,
  Command,
  ConnectionError,
  Flag,
  type KvError,
  type Lease,
  type SendOptions,
  spec,
} from '@kv/core';
import { asIs, text } from '../commands/support/replies.ts';
import { hasPrefix } from '../protocol/errors.ts';
import type { Endpoint as HostAndPort } from './host.ts';
import {
  ASK_ID,
  askAddress,
  askEpoch,
  askReplicas,
  askSentinels,
  HINTS,
  isAbout,
  type KnownReplica,
  type KnownSentinel,
  type PrimaryView,
} from './sentinel-replies.ts';

/** Longest time for an answer of a sentinel, ms. */
export const ANSWER_TIMEOUT = 1000;

const ANSWER: SendOptions = { timeout: ANSWER_TIMEOUT, retry: 'never' };

const SUBSCRIBE = new Command(spec('SUBSCRIBE', Flag.subscription), [...HINTS], asIs);

/** What one sentinel says. */
export interface SentinelAnswer {
  /** Where the primary is; undefined when the sentinel does not know its name. */
  readonly view: PrimaryView | undefined;
  readonly sentinels: readonly KnownSentinel[];
  readonly replicas: readonly KnownReplica[];
}

/** What a link to a sentinel is made from. */
export interface SentinelLinkSetup {
  /** The address as the user or another sentinel wrote it: a name is looked up for each connection. */
  readonly address: HostAndPort;
  /** The name by which the sentinels know the primary. */
  readonly name: string;
  readonly client: ClientSetup;
  /** Called when something has happened that makes it worth while to ask. */
  readonly hint: (link: SentinelLink, event: string) => void;
}

/** One sentinel: a connection to ask on, and another one that listens to its messages. */
export class SentinelLink {
  readonly address: HostAndPort;
  /** The id that the sentinel made up for itself, once it is known. */
  id: string | undefined;
  /** Why it did not answer the last question; undefined when it did. */
  failure: KvError | undefined;
  readonly #setup: SentinelLinkSetup;
  readonly #client: Client;
  #listening = false;
  #closed = false;

  constructor(setup: SentinelLinkSetup) {
    this.address = setup.address;
    this.#setup = setup;
    this.#client = new Client(setup.client);
  }

  /** Asks where the primary is. Rejects when the sentinel cannot be reached, or does not answer in time. */
  async ask(): Promise<SentinelAnswer> {
    try {
      await this.#client.connect();
      const answer = await this.#answer();
      this.failure = undefined;
      void this.#listen();
      return answer;
    } catch (error) {
      this.failure = asKvError(error);
      throw this.failure;
    }
  }

  /** What is being done to reach it, for messages. */
  get attempt(): string | undefined {
    return attemptOf(this.#client.endpoints);
  }

  /** Notes that it said nothing for too long. */
  silent(): KvError {
    const [endpoint] = this.#client.endpoints;
    const cause = endpoint?.shared.lastError;
    this.failure ??= new ConnectionError(
      `${this.#setup.client.addressText}: the sentinel did not answer within ${ANSWER_TIMEOUT} ms`,
      cause === undefined ? {} : { cause },
    );
    return this.failure;
  }

  close(): void {
    this.#closed = true;
    void this.#client.close({ timeout: 0 });
  }

  /** The epoch is asked before the address: were it the other way round, an old address could have a new epoch. */
  async #answer(): Promise<SentinelAnswer> {
    const { name } = this.#setup;
    const [epoch, address, sentinels, replicas, id] = await Promise.all([
      unlessUnknown(this.#send(askEpoch(name)), undefined),
      this.#send(askAddress(name)),
      unlessRefused(this.#send(askSentinels(name)), []),
      unlessRefused(this.#send(askReplicas(name)), []),
      this.id ?? unlessRefused(this.#send(ASK_ID), undefined),
    ]);
    this.id = id;
    const view = address === undefined || epoch === undefined ? undefined : { ...address, epoch };
    return { view, sentinels, replicas };
  }

  #send<T>(command: Command<T>): Promise<T> {
    return this.#client.sendInternal(command, ANSWER);
  }

  /** A connection that only listens also works with RESP2. When it is lost, the next answer opens another one. */
  async #listen(): Promise<void> {
    if (this.#listening || this.#closed) return;
    this.#listening = true;
    let lease: Lease | undefined;
    try {
      lease = await this.#client.acquireInternal(ANSWER, 'streams');
      const { connection } = lease;
      connection.onPush = (raw) => this.#pushed(raw);
      await connection.sendInternal(SUBSCRIBE, ANSWER);
      connection.onClosed = () => this.#deaf();
      if (connection.isClosed) this.#deaf();
    } catch {
      lease?.destroy();
      this.#listening = false;
    }
  }

  #deaf(): void {
    this.#listening = false;
    if (!this.#closed) this.#setup.hint(this, 'sentinel lost');
  }

  #pushed(raw: unknown): void {
    if (!Array.isArray(raw) || text(raw[0]) !== 'message') return;
    const event = text(raw[1]);
    if (isAbout(this.#setup.name, event, text(raw[2]))) this.#setup.hint(this, event);
  }
}

/** `ERR No such master with that name` is an answer. */
async function unlessUnknown<T, U>(sent: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await sent;
  } catch (error) {
    if (hasPrefix(error, 'ERR') && /no such master/i.test(error.message)) return instead;
    throw error;
  }
}

/** Older sentinels do not know all questions, and users may not be allowed to ask them. */
async function unlessRefused<T, U>(sent: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await sent;
  } catch (error) {
    if (asKvError(error).code === 'REPLY') return instead;
    throw error;
  }
}
