import { clearTimeout, setTimeout, type Timer } from '../timers.ts';
import type { Transport } from '../transport/transport.ts';
import type { InFlight } from './in-flight.ts';
import { ReadPacing } from './read-pacing.ts';
import type { Writer } from './writer.ts';

/** Stops reading from one transport: on purpose, or for a moment because the server has enough to do. */
export class Reading {
  /** Set when there is one. */
  transport: Transport | undefined;
  /** Stopped on purpose. */
  stopped = false;
  readonly #writer: Pick<Writer, 'flush'>;
  /** Made with the first pause that may pay: most connections never look for one. */
  #pacing: ReadPacing | undefined;
  #pause: Timer | undefined;

  /** @param writer goes on when a moment is over */
  constructor(writer: Pick<Writer, 'flush'>) {
    this.#writer = writer;
  }

  /** Whether it is stopped for a moment. */
  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Stops until {@link start}. */
  stop(): void {
    this.stopped = true;
    this.transport?.pause();
  }

  /** Reads again after {@link stop}. */
  start(): void {
    this.stopped = false;
    this.transport?.resume();
  }

  /** After a read with replies: stops for a moment if that gains something. */
  pace(inFlight: InFlight, now: number): void {
    this.#pacing ??= new ReadPacing();
    const pause = this.#pacing.pauseAfter(now - inFlight.answeredWrittenAt, inFlight.length);
    if (pause === 0 || this.stopped || this.#pause !== undefined) return;
    this.transport?.pause();
    this.#pause = setTimeout(() => this.#endPause(), pause);
  }

  /** Closes in order: the end of the connection must not stand behind what is not read. */
  finish(): void {
    if (this.#pause !== undefined) this.transport?.resume();
    this.transport?.end();
  }

  /** The connection is over. */
  cancel(): void {
    clearTimeout(this.#pause);
  }

  #endPause(): void {
    this.#pause = undefined;
    if (!this.stopped) this.transport?.resume();
    this.#writer.flush();
  }
}
