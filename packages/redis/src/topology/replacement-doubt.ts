import { clearTimeout, monotonicNow, setTimeout, type Timer } from '@kv/core';
import type { Gate } from './gate.ts';

/** Messages after which a sentinel names another primary, if they are true and about the present. */
const REPLACEMENTS: ReadonlySet<string> = new Set(['+switch-master', '+promoted-slave']);

/** Sentinels that say nothing hold calls up for so long, ms. */
const LONGEST = 250;

/** Why the gate is closed. */
const IN_DOUBT = 'in doubt';

/**
 * Holds calls back from a message that another primary may be named until the sentinels have been asked, which mostly takes
 * a millisecond: what the old primary acknowledged meanwhile would be lost.
 */
export class ReplacementDoubt {
  readonly #gate: Gate;
  #since = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** A sentinel has sent a message. */
  heard(event: string): void {
    if (!REPLACEMENTS.has(event)) return;
    this.#since = monotonicNow();
    if (this.#timer !== undefined) return;
    this.#gate.hold(IN_DOUBT);
    this.#timer = setTimeout(() => this.close(), LONGEST);
    this.#timer.unref();
  }

  /** The sentinels have been asked. @param began when the question was put */
  answered(began: number): void {
    if (this.#timer !== undefined && began >= this.#since) this.close();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gate.release(IN_DOUBT);
  }
}
