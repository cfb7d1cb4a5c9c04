/** A view of the cluster, and what speaks for and against it. */
export interface View {
  /** `cluster_current_epoch` of the server that was asked. */
  readonly epoch: number;
  /** Id or address of that server. */
  readonly from: string;
  /** Whether the seeds had to be asked, because no server that is known gave an answer. */
  readonly lastResort?: boolean | undefined;
}

/**
 * Tells older views of the cluster from newer ones: a server that was away, or a seed, may still tell what was true
 * before a failover. A view with a lower epoch than the newest one is dropped, unless the seeds were the last resort,
 * or two servers agree on it: then a new cluster has taken the names of the old one.
 */
export class MapAge {
  #newest = -1;
  /** The older view that was dropped last. */
  #dropped: View | undefined;

  /** Highest epoch of the views that were taken; -1 before the first. */
  get epoch(): number {
    return this.#newest;
  }

  /** Whether the view is to be taken. */
  accepts(view: View): boolean {
    if (view.epoch < this.#newest && view.lastResort !== true && !this.#confirmed(view)) {
      this.#dropped = view;
      return false;
    }
    this.#newest = view.epoch;
    this.#dropped = undefined;
    return true;
  }

  #confirmed({ epoch, from }: View): boolean {
    return this.#dropped?.epoch === epoch && this.#dropped.from !== from;
  }
}

/**
 * The table of a new view with the owners that servers named (MOVED) since it was asked for: they know better. The next
 * map corrects what was wrong.
 */
export function withHints<T>(table: readonly T[], hints: ReadonlyMap<number, T>): T[] {
  const corrected = [...table];
  for (const [slot, owner] of hints) corrected[slot] = owner;
  return corrected;
}
