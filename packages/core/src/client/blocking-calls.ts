import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import { ClosedError, type KvError } from '../errors.ts';
import { LazySet } from '../lazy-collections.ts';
import { Lease, type PartOptions } from '../pool/lease.ts';
import { monotonicNow } from '../timers.ts';
import { type Identity, traced } from '../tracing/command-trace.ts';
import type { Endpoint } from './endpoint.ts';
import type { BlockingRound, BlockingRounds } from './router.ts';

/** The result of a round that ended without one: the next round begins. */
export const NO_RESULT: unique symbol = Symbol('no result');

/** What blocking commands need of their client. */
export interface BlockingHost {
  readonly identity: Identity;
  isClosing(): boolean;
  /** Loads the code that finds servers. Undefined: it is loaded. */
  routed(): Promise<unknown> | undefined;
  /** How a command is sent in rounds. Undefined: it is sent once. */
  rounds(command: AnyCommand): BlockingRounds | undefined;
  /**
   * A connection for exclusive use, to the given server or to the one that has the keys of the command. It comes at once
   * where one is idle.
   */
  acquire(command: AnyCommand, options: SendOptions, endpoint: Endpoint | undefined): Lease | Promise<Lease>;
  delay(milliseconds: number, options: SendOptions, command: AnyCommand, cause: unknown): Promise<void>;
}

/** Blocking commands: each has a connection of its own, which goes back to its pool when the server has let go of it. */
export class BlockingCalls {
  readonly #host: BlockingHost;
  readonly #leases = new LazySet<Lease>();

  constructor(host: BlockingHost) {
    this.#host = host;
  }

  /** Runs a command, as one for tracers, however often it is sent. */
  run<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    return traced(this.#host.identity, command.spec.name, (trace) => {
      const part = trace === undefined ? options : { ...options, trace };
      const routed = this.#host.routed();
      return routed === undefined ? this.#send(command, part) : routed.then(() => this.#send(command, part));
    });
  }

  #send<T>(command: AnyCommand<T>, options: PartOptions): Promise<T> {
    const rounds = this.#host.rounds(command);
    return rounds === undefined ? this.#sendOnce(command, options) : this.#sendInRounds(rounds, options);
  }

  /** Sends it once; before this returns where a connection is idle. */
  async #sendOnce<T>(command: AnyCommand<T>, options: PartOptions): Promise<T> {
    const began = monotonicNow();
    const found = this.#host.acquire(command, options, undefined);
    const lease = found instanceof Lease ? found : await found;
    return this.#blockOn(lease, command, since(began, options));
  }

  /** Sends it in rounds: the servers are asked again, or others, until there is a result or the time is over. */
  async #sendInRounds<T>(rounds: BlockingRounds, options: PartOptions): Promise<T> {
    const began = monotonicNow();
    let refusal: unknown;
    for (;;) {
      const round = rounds.next();
      let connection: Connection | undefined;
      try {
        const found = this.#leaseFor(round, since(began, options), refusal);
        const lease = found instanceof Lease ? found : await found;
        connection = lease.connection;
        const value = await this.#blockOn(lease, round.command, since(began, options), round.before);
        if (value !== NO_RESULT) return value as T;
      } catch (error) {
        if (!rounds.failed(error, connection)) throw error;
        refusal = error;
      }
    }
  }

  #leaseFor(round: BlockingRound, options: SendOptions, cause: unknown): Lease | Promise<Lease> {
    const { command, pause, patience, endpoint } = round;
    const patient =
      patience === undefined || options.timeout !== undefined ? options : { ...options, timeout: patience };
    const acquire = (): Lease | Promise<Lease> => this.#host.acquire(command, patient, endpoint);
    return pause > 0 ? this.#host.delay(pause, patient, command, cause).then(acquire) : acquire();
  }

  /** Asks the servers to end all that they have. */
  cancelAll(error: (command: AnyCommand) => KvError): void {
    for (const lease of this.#leases) lease.cancelBlocking(error);
  }

  async #blockOn<T>(lease: Lease, command: AnyCommand<T>, options: PartOptions, before?: AnyCommand): Promise<T> {
    this.#leases.add(lease);
    try {
      if (before !== undefined) lease.send(before).catch(() => undefined); // the command is refused as well
      const sent = lease.send(command, options);
      lease.connection.flush(); // before all that is called later: its caller cannot wait until the server has it
      if (this.#host.isClosing()) lease.cancelBlocking(closedError);
      return await sent;
    } finally {
      this.#leases.delete(lease);
      void lease.release();
    }
  }
}

/** What is left of the deadline of a call that began then. */
function since(began: number, options: PartOptions): PartOptions {
  const { timeout } = options;
  if (timeout === undefined || timeout === 0) return options;
  return { ...options, timeout: Math.max(timeout - (monotonicNow() - began), 1) };
}

/** The end of a call because its client is closed. */
export function closedError({ spec: { name } }: AnyCommand): ClosedError {
  return new ClosedError(`${name}: the client is closed`, { command: name });
}
