import { type AnyCommand, type Connection, type Endpoint, monotonicNow } from '@kv/core';
import { askRole, ROLE, type ToldRole } from '../protocol/role.ts';

/** How often a replica that answers reads is asked for its link, ms. */
const INTERVAL = 1000;

/** The same for one that answers none because of its link. */
const AGAIN = 250;

/** Longest time for an answer, ms. */
const ANSWER_TIMEOUT = 1000;

/**
 * What a replica has, by its own words.
 * - `current`: it follows the primary.
 * - `cutOff`: what it had when its link to the primary broke.
 * - `foreign`: the data of another server, or none yet.
 */
type Copy = 'current' | 'cutOff' | 'foreign';

/** What the links need of their router. */
export interface LinkContext {
  /** Sends a command of the library's own to one server. */
  readonly ask: <T>(
    endpoint: Endpoint,
    command: AnyCommand<T>,
    options: { timeout: number; retry: 'never' },
  ) => Promise<T>;
}

/**
 * Whether replicas have the data of their primary. Each is asked (`ROLE`) before a new connection answers reads, and
 * then once a second while it does:
 *
 *     new connection ─▶ connected ─▶ current ◀──▶ cutOff     read from while the primary cannot be reached
 *                    └▶ connect, sync, of another server ─▶ foreign   never read from
 *
 * A server that was restarted has no data before its link works, and a replica of another server has other data: both
 * would answer `null` for keys that exist.
 */
export class ReplicaLinks {
  /**
   * Whether a replica says that it follows another server than the primary. Servers of a cluster say `MOVED` then, so
   * there it is not asked for.
   */
  followsOther: (told: ToldRole) => boolean = () => false;
  /** Called when a new connection leads to a replica that must not be read from. */
  foreignFound: (endpoint: Endpoint) => void = () => undefined;
  readonly #context: LinkContext;
  readonly #copies = new WeakMap<Endpoint, Copy>();
  readonly #asked = new WeakMap<Endpoint, number>();

  constructor(context: LinkContext) {
    this.#context = context;
  }

  /**
   * The last step of the handshake with a replica.
   *
   * @param told what it said of its link; absent: it is asked
   */
  async opened(connection: Connection, endpoint: Endpoint, told?: ToldRole): Promise<void> {
    const role = told ?? (await askRole((command) => connection.sendInternal(command)));
    // Another process may answer at this address by now.
    if (!endpoint.shared.isReady) this.#copies.delete(endpoint);
    this.#asked.set(endpoint, monotonicNow());
    this.#heard(endpoint, role);
    if (this.#copies.get(endpoint) === 'foreign') this.foreignFound(endpoint);
  }

  /** Whether a replica may be read from. It is asked again where its last answer is old. */
  isReadable(endpoint: Endpoint, primary: Endpoint | undefined): boolean {
    const copy = this.#copies.get(endpoint);
    if (copy === undefined) return true; // it is asked before it answers
    this.#askWhenDue(endpoint, copy);
    return copy === 'current' || (copy === 'cutOff' && !takesOver(primary));
  }

  /** Asks a replica now: reads that are sent to it later are answered behind its answer. */
  recheck(endpoint: Endpoint): void {
    if (!endpoint.shared.isReady) return;
    this.#asked.set(endpoint, monotonicNow());
    void this.#ask(endpoint);
  }

  #askWhenDue(endpoint: Endpoint, copy: Copy): void {
    const now = monotonicNow();
    const asked = this.#asked.get(endpoint) ?? Number.NEGATIVE_INFINITY;
    if (now - asked < (copy === 'current' ? INTERVAL : AGAIN)) return;
    this.#asked.set(endpoint, now);
    void this.#ask(endpoint);
  }

  /** A failure tells nothing. */
  async #ask(endpoint: Endpoint): Promise<void> {
    try {
      this.#heard(endpoint, await this.#context.ask(endpoint, ROLE, { timeout: ANSWER_TIMEOUT, retry: 'never' }));
    } catch {
      // The connection was lost, or the user may not ask.
    }
  }

  /** One that may not be asked is believed. */
  #heard(endpoint: Endpoint, told: ToldRole | undefined): void {
    const before = this.#copies.get(endpoint);
    const isConnected = told?.link === undefined || told.link === 'connected';
    if (isConnected) this.#copies.set(endpoint, told !== undefined && this.followsOther(told) ? 'foreign' : 'current');
    else this.#copies.set(endpoint, before === undefined || before === 'foreign' ? 'foreign' : 'cutOff');
  }
}

/** Whether the primary answers. It may never have been connected to, where all reads went to replicas. */
function takesOver(primary: Endpoint | undefined): boolean {
  if (primary === undefined) return false;
  const { shared } = primary;
  if (!shared.isReady && !shared.isOpening && !shared.isBackingOff) shared.start().catch(() => undefined);
  return shared.isReady;
}
