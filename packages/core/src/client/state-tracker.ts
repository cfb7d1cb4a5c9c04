import { stateChannel } from '../diagnostics.ts';
import type { KvError } from '../errors.ts';
import type { Listeners } from '../listeners.ts';
import type { ClientEvents, ClientState } from './client-state.ts';
import type { Router } from './router.ts';

/** Where a client is in its life, and who hears of it. */
export class StateTracker {
  readonly #client: string;
  readonly #listeners: Listeners<ClientEvents>;
  #state: ClientState = 'idle';
  #wasReady = false;

  /** @param client its name in diagnostics */
  constructor(client: string, listeners: Listeners<ClientEvents>) {
    this.#client = client;
    this.#listeners = listeners;
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Goes to another state, and tells it. */
  become(to: ClientState, cause?: KvError): void {
    const from = this.#state;
    if (from === to) return;
    this.#state = to;
    if (stateChannel.hasSubscribers) stateChannel.publish({ client: this.#client, from, to, cause });
    this.#listeners.emit('state', { from, to, cause });
  }

  /** Goes to the state of the shared connections. */
  follow(router: Router, cause?: KvError): void {
    this.become(this.#stateOf(router), cause);
  }

  /** The servers were looked for. @param failure why they were not found */
  searched(router: Router, failure: KvError | undefined): void {
    if (failure !== undefined) this.#listeners.emit('discoveryFailed', { cause: failure });
    this.follow(router, failure);
  }

  /** Begins where a client already is, which is no change. */
  begin(at: ClientState | Router): void {
    this.#state = typeof at === 'string' ? at : this.#stateOf(at);
  }

  #stateOf(router: Router): ClientState {
    if (router.isReady) {
      this.#wasReady = true;
      return 'ready';
    }
    const pools = router.endpoints.map((endpoint) => endpoint.shared);
    const isConnecting = router.isSearching === true || pools.some((pool) => pool.isOpening || pool.isBackingOff);
    if (!isConnecting) return 'idle';
    return this.#wasReady ? 'reconnecting' : 'connecting';
  }
}
