/**
 * What a refusal says about where its command may run, in the words of no protocol. The command did not run. A router
 * that understands it sends the command again; without one the refusal reaches the caller.
 */
export interface Redirect {
  /**
   * - `moved`: another server has this part of the data from now on.
   * - `once`: another server takes this one command; the next one goes to the old server again.
   * - `later`: the same server takes it after a while.
   * - `unavailable`: the server does not serve now (its cluster is down, it loads its data, it became a replica).
   * - `discarded`: the last member of a unit was refused because a member before it was.
   */
  readonly kind: 'moved' | 'once' | 'later' | 'unavailable' | 'discarded';
  /** The part of the data (a slot), where the server names it. */
  readonly part?: number | undefined;
  /** The server to go to; an empty host means the host that was asked. */
  readonly address?: { readonly host: string; readonly port: number } | undefined;
}
