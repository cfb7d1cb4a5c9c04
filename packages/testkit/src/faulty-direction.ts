import type { Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { inPieces } from './every-split.ts';
import type { DirectionFaults } from './faults.ts';
import { PushInjector } from './push-injector.ts';
import type { SlowRequests } from './slow-requests.ts';

/** Bytes that may wait in one direction before its source is paused. */
const pressure = 1 << 20;

/**
 * One direction of a proxied connection.
 *
 *     source ─▶ garbage, cut, half-open, stall ─▶ waiting ─▶ merge, delay, pieces ─▶ target
 *               (by offset, when bytes come)                  (by time, in order)
 */
export class FaultyDirection {
  /** Bytes that came in. */
  taken = 0;
  /** Bytes that were passed on, garbage included. */
  passed = 0;
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #faults: DirectionFaults;
  readonly #cut: (how: 'reset' | 'end') => void;
  readonly #pushes: PushInjector | undefined;
  readonly #slow: SlowRequests | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #pumping = false;
  #sourceEnded = false;
  #cutDue: 'reset' | 'end' | undefined;
  #lossy = false;
  #dead = false; // nothing is passed on, not even the rest of what was begun
  #stalled = false;
  #awake: () => void = () => {};

  constructor(
    source: Socket,
    target: Socket,
    faults: DirectionFaults,
    cut: (how: 'reset' | 'end') => void,
    slow?: SlowRequests,
  ) {
    this.#source = source;
    this.#slow = slow;
    this.#pushes = faults.pushes === undefined ? undefined : new PushInjector(faults.pushes);
    this.#target = target;
    this.#faults = faults;
    this.#cut = cut;
    if (faults.cutAfter === 0) this.#cutDue = faults.cutAs ?? 'reset';
    this.#lossy = faults.halfOpenAfter === 0;
    source.on('data', (chunk: Buffer) => this.#arrived(chunk));
    source.on('end', () => {
      this.#sourceEnded = true;
      this.#run();
    });
    // In a later turn, so that the client sees its connection come up first.
    if (this.#cutDue !== undefined) void turn().then(() => this.#run());
  }

  /** Bytes are being lost, so the other side must not learn of an end either. */
  get lossy(): boolean {
    return this.#lossy;
  }

  /** From now on bytes of this direction are lost; also an end of the source is not passed on. */
  halfOpen(): void {
    this.#lossy = true;
    this.#dead = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Stands still until `resume`. */
  stall(): void {
    this.#stalled = true;
  }

  resume(): void {
    this.#stalled = false;
    this.#awake();
    this.#run();
  }

  /** The connection is gone: whatever still waits here ends. */
  dispose(): void {
    this.#waiting = [];
    this.#awake();
  }

  /** Puts bytes of the test's own behind what waits. */
  inject(bytes: Uint8Array): void {
    this.#enqueue(bytes);
    this.#run();
  }

  #arrived(chunk: Buffer): void {
    const before = this.taken;
    this.taken += chunk.length;
    if (this.#lossy || this.#cutDue !== undefined) return;
    const { garbage, halfOpenAfter, cutAfter } = this.#faults;
    let end = chunk.length;
    if (cutAfter !== undefined && this.taken >= cutAfter) {
      end = cutAfter - before;
      this.#cutDue = this.#faults.cutAs ?? 'reset';
    }
    if (halfOpenAfter !== undefined && this.taken >= halfOpenAfter) {
      end = Math.min(end, halfOpenAfter - before);
      this.#lossy = true;
    }
    const at = garbage === undefined ? -1 : garbage.after - before;
    if (garbage !== undefined && at >= 0 && at < end) {
      this.#enqueue(chunk.subarray(0, at));
      this.#enqueue(garbage.bytes);
      this.#enqueue(chunk.subarray(at, end));
    } else {
      this.#enqueue(chunk.subarray(0, end));
    }
    this.#run();
  }

  #enqueue(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const all = this.#pushes?.with(bytes) ?? bytes;
    this.#waiting.push(all);
    this.#waitingBytes += all.length;
    if (this.#waitingBytes > pressure) this.#source.pause();
  }

  #run(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    try {
      await this.#passAll();
    } finally {
      this.#pumping = false;
    }
  }

  async #passAll(): Promise<void> {
    for (;;) {
      while (this.#waiting.length > 0) await this.#passOne();
      if (this.#cutDue !== undefined) return this.#cut(this.#cutDue);
      if (!this.#sourceEnded) return;
      if (this.#stalled) await this.#movement();
      if (!this.#lossy && this.#waiting.length === 0) this.#target.end();
      if (this.#waiting.length === 0) return;
    }
  }

  async #passOne(): Promise<void> {
    const wait = this.#faults.merge ?? this.#faults.delay;
    if (wait !== undefined) await sleep(wait);
    const bytes = this.#faults.merge === undefined ? this.#waiting.shift() : Buffer.concat(this.#waiting.splice(0));
    if (bytes === undefined) return;
    this.#waitingBytes -= bytes.length;
    const size = this.#faults.pieces ?? bytes.length;
    for (const [i, piece] of inPieces(bytes, Math.max(1, size)).entries()) {
      if (i > 0) await turn();
      if (this.#slow === undefined) await this.#pass(piece);
      else await this.#passSlowly(piece, this.#slow);
    }
    if (this.#waitingBytes <= pressure) this.#source.resume();
  }

  async #passSlowly(piece: Uint8Array, slow: SlowRequests): Promise<void> {
    let rest = piece;
    for (let found = slow.find(rest); found !== undefined; found = slow.find(rest)) {
      await slow.free;
      await this.#pass(rest.subarray(0, found.at));
      await slow.work(found);
      await this.#pass(rest.subarray(found.at, found.at + 1)); // so that it is not found again
      rest = rest.subarray(found.at + 1);
    }
    await slow.free;
    await this.#pass(rest);
  }

  async #pass(piece: Uint8Array): Promise<void> {
    const { stallAfter } = this.#faults;
    let rest = piece;
    if (stallAfter !== undefined && this.passed <= stallAfter && this.passed + piece.length > stallAfter) {
      const now = stallAfter - this.passed;
      await this.#write(piece.subarray(0, now));
      rest = piece.subarray(now);
      this.#stalled = true;
    }
    if (this.#stalled) await this.#movement();
    await this.#write(rest);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0 || this.#dead || this.#target.destroyed) return;
    this.passed += bytes.length;
    await new Promise<void>((resolve) => {
      this.#target.write(bytes, () => resolve());
    });
  }

  #movement(): Promise<void> {
    if (this.#target.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#awake = resolve;
    });
  }
}
