import { type CallOptions, Command, type Data, type Engine, Keys, spec, toArg } from '@kv/core';
import type { LeaseSource } from '../client/session.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import type { ClusterRouter } from './cluster-router.ts';
import { commandSlot } from './command-slot.ts';
import { FREE_REDIRECTS, pauseAfter } from './pauses.ts';
import { SlotLease } from './slot-lease.ts';

/** Says which server a session is to have. */
const SESSION = spec('session', 0, Keys.all);

/** How often a transaction begins again because its slot went to another server. */
const MOST_TURNS = 64;

/** Where sessions of a client of a cluster come from. */
export class SlotSessions implements LeaseSource {
  readonly #client: Engine;
  readonly #cluster: ClusterRouter;
  readonly #call: CallOptions;
  readonly #label: Command<unknown>;
  #last: SlotLease | undefined;
  #turns = 0;

  /** @param key the key that says which server is meant */
  constructor(client: Engine, cluster: ClusterRouter, call: CallOptions, key: Data | undefined) {
    this.#client = client;
    this.#cluster = cluster;
    this.#call = call;
    const args = key === undefined ? [] : [toArg(key, 'key')];
    this.#label = prefixed(new Command(SESSION, args, (raw): unknown => raw), call.keyPrefix);
  }

  async open(): Promise<SlotLease> {
    const { target, asking = false } = this.#last?.sentAway ?? {};
    const client = target === undefined ? this.#client : this.#client.only(target);
    const lease = await client.acquire(this.#call, 'sessions', this.#label);
    this.#last = new SlotLease(lease, commandSlot(this.#label), this.#cluster, asking && target !== undefined);
    return this.#last;
  }

  async again(error: unknown): Promise<boolean> {
    if (this.#last?.sentAway?.notRun !== true || ++this.#turns > MOST_TURNS) return false;
    if (this.#turns > FREE_REDIRECTS) await this.#client.delay(pauseAfter(this.#turns), this.#call, this.#label, error);
    return true;
  }
}
