import type { Connection, LivenessOptions } from './connection.ts';
import { ConnectionError } from './errors.ts';

/**
 * Finds out that a peer is gone although nothing says so (half-open TCP): probes a line that is idle or owes a reply,
 * and gives it up when no byte comes.
 */
export class Liveness {
  /** Set by the connection whenever bytes arrive. */
  alive = true;
  readonly #connection: Connection;
  readonly #options: LivenessOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #suspected = false;

  constructor(connection: Connection, options: LivenessOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  start(): void {
    this.alive = true;
    this.#suspected = false;
    if (this.#options.idle > 0) this.#wait(this.#options.idle, this.#idled);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A reply is overdue: the line has `grace` ms to show any byte. */
  suspect(): void {
    if (this.#suspected || this.#connection.state !== 'ready') return;
    this.#suspected = true;
    this.alive = false;
    this.#probe();
    this.#wait(this.#options.grace, this.#judge);
  }

  /** Runs after each idle period: bytes in it are sign enough. */
  readonly #idled = (): void => {
    if (!this.alive) return this.suspect();
    this.alive = false;
    this.#wait(this.#options.idle, this.#idled);
  };

  readonly #judge = (): void => {
    this.#suspected = false;
    if (this.alive) return this.start();
    this.#connection.destroy(
      new ConnectionError('The connection is dead: the server sent nothing, not even to a probe'),
    );
  };

  /** Where the window is full no probe can be sent; the overdue reply is probe enough. */
  #probe(): void {
    const { hasRoom, setup } = this.#connection;
    if (hasRoom) this.#connection.sendInternal(setup.protocol.ping).catch(() => undefined);
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
    this.#timer.unref();
  }
}
