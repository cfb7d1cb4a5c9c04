import {
  asKvError,
  ClosedError,
  type Connection,
  type Endpoint,
  Flag,
  type KvError,
  type Redirect,
  type Request,
  type RouterHost,
} from '@kv/core';
import { askingUnit, unitOf, withoutAsking } from './asking.ts';
import { bringSource } from './bring-source.ts';
import { ASKING } from './cluster-commands.ts';
import type { ClusterNodes } from './cluster-nodes.ts';
import { NO_SLOT } from './command-slot.ts';
import type { Gate } from './gate.ts';
import type { KeylessCalls } from './keyless-calls.ts';
import { FREE_REDIRECTS, Pauses, pauseAfter } from './pauses.ts';
import type { Refresher } from './refresh.ts';
import { Hold, type Slots } from './slots.ts';
import type { SplitCalls } from './split-calls.ts';

/** A call without a deadline gives up after so many. */
const MOST_REDIRECTS = 64;

/** Pauses between questions whether a server serves again, ms. */
const PROBE_PAUSE = { min: 50, max: 500 };

/** Said by a server that became a replica, to a write without keys, or to EXEC. */
const DEMOTED = /\bREADONLY\b/;

/** What the handling of refusals needs of its router. */
export interface RefusalContext {
  readonly host: RouterHost;
  readonly nodes: ClusterNodes;
  readonly slots: Slots;
  readonly refresher: Refresher;
  readonly keyless: KeylessCalls;
  readonly splits: SplitCalls;
}

/** A refusal, and the connection and the server that it came from. */
interface Refusal {
  readonly calls: readonly Request[];
  readonly first: Request;
  readonly redirect: Redirect;
  readonly error: KvError;
  readonly connection: Connection;
  readonly from: Endpoint;
}

/**
 * Follows what servers say of calls that they did not run.
 *
 *     MOVED        the slot's gate, then the new owner; the map is asked for
 *     ASK          ASKING and the call to the named server, once
 *     TRYAGAIN     key by key where that is the same, else after a pause
 *     CLUSTERDOWN  the slot's gate until the server says that it serves (also LOADING, MASTERDOWN, READONLY)
 *
 * A script can answer with any of these words after it has run: it is sent again only when the cluster confirms them.
 */
export class Refusals {
  readonly #context: RefusalContext;
  readonly #pauses = new Pauses();
  #closed = false;

  constructor(context: RefusalContext) {
    this.#context = context;
  }

  /** Returns whether the calls are taken care of; otherwise their callers get the refusal. */
  take(
    requests: readonly Request[],
    redirect: Redirect,
    error: KvError,
    connection: Connection,
    from: Endpoint,
  ): boolean {
    const calls = withoutAsking(requests);
    const [first] = calls as readonly [Request];
    if (first.part === NO_SLOT || this.#closed || hasHadEnough(first)) return false;
    for (const call of calls) {
      call.redirects++;
      call.cause = error;
    }
    if (!this.#followOrFail({ calls, first, redirect, error, connection, from })) return false;
    if (requests[0]?.command === ASKING) requests[0].succeed(undefined);
    return true;
  }

  /** Returns the calls that wait for the end of a pause. */
  close(): Request[] {
    this.#closed = true;
    return this.#pauses.close();
  }

  /** Functions of users are asked where a server is: what they throw ends the calls, not the connection. */
  #followOrFail(refusal: Refusal): boolean {
    try {
      return this.#follow(refusal);
    } catch (error) {
      for (const call of refusal.calls) call.fail(asKvError(error));
      return true;
    }
  }

  #follow(refusal: Refusal): boolean {
    const { kind } = refusal.redirect;
    if (kind === 'moved') return this.#moved(refusal);
    if (kind === 'once') return this.#ask(refusal);
    if (kind === 'later') return this.#later(refusal);
    return kind === 'unavailable' && this.#unavailable(refusal);
  }

  #moved(refusal: Refusal): boolean {
    const { first, redirect, from } = refusal;
    const opaque = isOpaque(refusal);
    if (opaque && redirect.part !== first.part) return false;
    const target = this.#target(refusal);
    if (target === from) return this.#movedToSelf(refusal);
    if (opaque) return this.#verify(refusal, target);
    this.#context.refresher.trigger('MOVED', target);
    if (target !== undefined) this.#context.slots.setOwner(first.part, target);
    this.#gather(refusal);
    return true;
  }

  /** Lets refused calls wait until the connection that refused them has answered what it has in flight. */
  #gather({ calls, first, connection, from }: Refusal): Gate {
    const gate = this.#context.slots.gateOf(first.part, from, connection);
    takeBack(calls);
    gate.pushRedirected(calls);
    if (first.redirects > FREE_REDIRECTS) this.#pause(gate, pauseAfter(first.redirects));
    return gate;
  }

  #pause(gate: Gate, milliseconds: number): void {
    if (gate.isHeldFor(Hold.pause)) return;
    gate.hold(Hold.pause);
    this.#pauses.after(milliseconds, () => gate.release(Hold.pause));
  }

  /** A map that is asked for after the refusal has to say the same. */
  #verify(refusal: Refusal, target: Endpoint | undefined): boolean {
    const { calls, first, error, from } = refusal;
    const { slots, refresher } = this.#context;
    const gate = this.#gather(refusal);
    const check = {};
    gate.hold(check);
    const verified = (): void => {
      const owner = slots.ownerOf(first.part);
      if (owner === from || (target !== undefined && owner !== target)) for (const call of calls) call.fail(error);
      gate.release(check);
    };
    void refresher.round('MOVED of a script', target).then(verified, verified);
    return true;
  }

  /** A proxy, or a name that leads somewhere else by now: the connection is replaced after its replies. */
  #movedToSelf(refusal: Refusal): boolean {
    const { connection } = refusal;
    this.#context.refresher.trigger('MOVED');
    const gate = this.#gather(refusal);
    const replaced = {};
    gate.hold(replaced);
    connection.afterInFlight(() => {
      connection.end(new ClosedError('The server named itself as another server'));
      gate.release(replaced);
    });
    return true;
  }

  #ask(refusal: Refusal): boolean {
    const { calls, first, from } = refusal;
    const target = this.#target(refusal);
    if (target === undefined || (target === from && isOpaque(refusal))) return false;
    takeBack(calls);
    const send = (): void => target.shared.submitUnit(askingUnit(this.#context.host, calls).members);
    if (first.redirects <= FREE_REDIRECTS) send();
    else this.#pauses.hold(pauseAfter(first.redirects), calls, send);
    return true;
  }

  /** Some keys of one command have moved and some have not. */
  #later(refusal: Refusal): boolean {
    const { calls, first } = refusal;
    const { slots, splits } = this.#context;
    if (isOpaque(refusal)) return false;
    takeBack(calls);
    if (calls.length === 1 && splits.byKey(first)) return true;
    this.#pauses.hold(pauseAfter(first.redirects + FREE_REDIRECTS), calls, () => slots.route(first, first.part));
    return true;
  }

  /** The cluster is down, or the primary loads its data: its calls are held in order until it says that it serves. */
  #unavailable(refusal: Refusal): boolean {
    const { error } = refusal;
    const gate = this.#gather(refusal);
    this.#context.refresher.trigger(error.message.split(' ', 1)[0] ?? 'unavailable');
    if (isOpaque(refusal)) this.#doubt(refusal, gate);
    else if (DEMOTED.test(error.message)) this.#holdForMap(gate, error);
    else this.#holdUnavailable(gate, error);
    return true;
  }

  /** The server is a replica now: it serves, but only another one takes writes. */
  #holdForMap(gate: Gate, error: KvError): void {
    const asked = {};
    gate.setWaitCause(error);
    gate.hold(asked);
    void this.#context.refresher.round('READONLY').then(() => gate.release(asked));
  }

  #holdUnavailable(gate: Gate, error: KvError): void {
    gate.setWaitCause(error);
    if (gate.isHeldFor(Hold.unavailable)) return;
    gate.hold(Hold.unavailable);
    this.#probeLater(gate);
  }

  #doubt({ calls, error, from }: Refusal, gate: Gate): void {
    const check = {};
    gate.hold(check);
    void this.#context.keyless.serves(from).then((serves) => {
      if (serves) for (const call of calls) call.fail(error);
      else this.#holdUnavailable(gate, error);
      gate.release(check);
    });
  }

  #probeLater(gate: Gate): void {
    gate.pause = longer(gate.pause, PROBE_PAUSE);
    this.#pauses.after(gate.pause, () => void this.#probe(gate));
  }

  async #probe(gate: Gate): Promise<void> {
    const { slots, keyless, refresher } = this.#context;
    const owner = slots.ownerOf(gate.slots[0] ?? 0);
    if (owner !== undefined && (await keyless.serves(owner))) return gate.release(Hold.unavailable);
    if (this.#closed) return;
    if (gate.length === 0) return gate.release(Hold.unavailable);
    refresher.trigger('not serving');
    this.#probeLater(gate);
  }

  /** The server that the refusal names. */
  #target({ redirect, from }: Refusal): Endpoint | undefined {
    return this.#context.nodes.primaryNamed(redirect, from.identity.address);
  }
}

function hasHadEnough(request: Request): boolean {
  return request.redirects >= MOST_REDIRECTS && request.list === null;
}

/** They count as not sent again; several stay one unit. */
function takeBack(calls: readonly Request[]): void {
  for (const call of calls) {
    bringSource(call);
    call.unsend();
  }
  unitOf(calls);
}

function isOpaque({ calls }: Refusal): boolean {
  return calls.some(({ command }) => (command.flags & Flag.opaque) !== 0);
}

function longer(pause: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(Math.max(pause * 2, min), max);
}
