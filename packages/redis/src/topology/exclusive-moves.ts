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
  refused(slot: number, { kind, part, address }: Redirect, connection: Connection): Endpoint | undefined {
    const { nodes, slots, refresher } = this.#context;
    if (kind !== 'once') refresher.trigger('refused command');
    if (address === undefined || part !== slot) return undefined;
    const own = connection.setup.address;
    const host = address.host === '' && 'host' in own ? own.host : address.host;
    const target = nodes.primaryAt({ host, port: address.port });
    const from = this.#endpoints().find(({ identity }) => identity.address === own);
    if (kind === 'moved' && slots.ownerOf(slot) === from) slots.moveTo(slot, target);
    return target;
  }
}
