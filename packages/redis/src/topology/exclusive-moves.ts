import type { Connection, Endpoint, Redirect } from '@kv/core';
import type { ClusterNodes } from './cluster-nodes.ts';
import type { Refresher } from './refresh.ts';
import type { Slots } from './slots.ts';

/** What it needs of its router. */
export interface MovesContext {
  readonly nodes: ClusterNodes;
  readonly slots: Slots;
  readonly refresher: Refresher;
}

/** Notes what servers say to commands of exclusive use: sessions and blocking commands are not sent on by the router. */
export class ExclusiveMoves {
  readonly #context: MovesContext;
  readonly #endpoints: () => readonly Endpoint[];

  constructor(context: MovesContext, endpoints: () => readonly Endpoint[]) {
    this.#context = context;
    this.#endpoints = endpoints;
  }

  /**
   * A server has refused a command on a slot. Returns the server that it named, if it did: after MOVED it has the slot
   * for all calls from now on.
   */
  refused(slot: number, redirect: Redirect, { setup: { address } }: Connection): Endpoint | undefined {
    const { nodes, slots, refresher } = this.#context;
    if (redirect.kind !== 'once') refresher.trigger('refused command');
    const target = redirect.part === slot ? nodes.primaryNamed(redirect, address) : undefined;
    if (target === undefined) return undefined;
    const from = this.#endpoints().find(({ identity }) => identity.address === address);
    if (redirect.kind === 'moved' && slots.ownerOf(slot) === from) slots.moveTo(slot, target);
    return target;
  }
}
