import type { AnyCommand } from '../command/command.ts';
import { pinnedRequest } from '../request/pinned-request.ts';
import type { RequestConnection } from '../request/request.ts';
import type { SetupOf } from './connection-setup.ts';
import { askOnControl, isReachable } from './control-questions.ts';
import type { InFlight } from './in-flight.ts';
import type { Probes } from './liveness.ts';
import type { Wire } from './protocol.ts';
import type { Writer } from './writer.ts';

/** Deadline of the library's own commands, ms. */
export const INTERNAL_TIMEOUT = 5000;

/** What a prober needs of its connection. */
export interface ProbedConnection extends RequestConnection {
  readonly setup: Omit<SetupOf<unknown>, 'onReady' | 'push'>;
  readonly wire: Wire;
  /** In use by one lease. */
  readonly leased: boolean;
  readonly hasCapacity: boolean;
  sendInternal(command: AnyCommand): Promise<unknown>;
}

/** Sends PINGs on a connection where they disturb no command, and asks about it on others. */
export class Prober implements Probes {
  /** Whether nothing else is written before the answer to a probe. */
  isAwaited = false;
  readonly #connection: ProbedConnection;
  readonly #inFlight: InFlight;
  readonly #writer: Writer;

  constructor(connection: ProbedConnection, inFlight: InFlight, writer: Writer) {
    this.#connection = connection;
    this.#inFlight = inFlight;
    this.#writer = writer;
  }

  /** Whether a PING may be sent, and would be answered at once by a server that is well. */
  get canProbe(): boolean {
    return !this.#inFlight.hasPendingReplies && this.#connection.hasCapacity && this.isSafe;
  }

  /** Whether a PING cannot end up inside the MULTI of a lease. */
  get isSafe(): boolean {
    const { leased, wire } = this.#connection;
    return !leased || !(wire.dirty || this.#inFlight.changesState);
  }

  /** Sends a PING, where that is possible; else the replies that are pending are probe enough. */
  probe(): void {
    const { leased, hasCapacity, setup } = this.#connection;
    if (leased && this.#writer.length > 0) return; // it is not known what these will have changed
    if (hasCapacity && this.isSafe) this.#connection.sendInternal(setup.protocol.ping).catch(() => undefined);
  }

  /** Sends a PING before all that waits, which is held back until the answer. Returns whether it was sent. */
  probeFirst(): boolean {
    const { protocol, internals } = this.#connection.setup;
    const request = pinnedRequest(protocol.ping, false, internals);
    request.connection = this.#connection;
    request.promise().catch(() => undefined);
    if (internals.open(request, INTERNAL_TIMEOUT, undefined) !== undefined) return false;
    this.isAwaited = true; // before the write: a transport may answer within it
    if (this.#writer.writeFirst(request)) return true;
    this.isAwaited = false;
    return false;
  }

  isAlive(timeout: number): Promise<boolean> | undefined {
    return askOnControl(this.#connection.setup, this.#connection.wire, timeout);
  }

  isReachable(timeout: number): Promise<boolean> {
    return isReachable(this.#connection.setup, timeout);
  }

  /** Bytes came: what was held back may be written. */
  answered(): void {
    this.isAwaited = false;
    this.#writer.wake();
  }
}
