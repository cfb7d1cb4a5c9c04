/** Batches over several servers: what each of them gets stays together and in the order of the calls. */

import type { Request } from '../request/request.ts';
import { Unit } from '../request/unit.ts';

/** The requests of one batch, server by server. */
export class ShardUnit {
  readonly #members = new Map<number, Request[]>();

  /** Adds the next request of a server. */
  add(shard: number, request: Request): void {
    const members = this.#members.get(shard);
    if (members === undefined) this.#members.set(shard, [request]);
    else members.push(request);
  }

  /** Gives each server what it gets, as a unit of its own. */
  submit(toServer: (shard: number, members: readonly Request[]) => void): void {
    for (const [shard, members] of this.#members) {
      const unit = members.length === 1 ? null : new Unit(members);
      for (const member of members) member.unit = unit;
      toServer(shard, members);
    }
  }
}
