import type { Reading } from './model-plan.ts';

/** What a subscription tells its reader. */
export interface ReaderEvents {
  message(text: string): void;
  gap(): void;
  /** There are no more messages. */
  ended(error?: unknown): void;
}

/** Where a reader begins. */
export interface ReaderStart {
  readonly channel: number;
  readonly reading: Reading;
  /** The latest number of the channel whose publishing has begun. */
  begun(): number;
  /** Whether its client was closed. */
  isOver(): boolean;
}

/**
 * Hears the numbers of one channel: each at most once, in their order, and none is missing but across a gap that was
 * told. What is published after the subscription was confirmed, or after a gap was told, must come.
 */
export class Reader implements ReaderEvents {
  readonly channel: number;
  readonly violations: string[] = [];
  heard = 0;
  gaps = 0;
  /** The latest number that came; 0 = none. A reader that joins another may hear what was on its way before. */
  last = 0;
  readonly #start: ReaderStart;
  /** The next number is not above this. */
  #due: number = Number.POSITIVE_INFINITY;
  #state: 'open' | 'left' | 'ended' = 'open';

  constructor(start: ReaderStart) {
    this.#start = start;
    this.channel = start.channel;
  }

  /** Itself in words. */
  get name(): string {
    return `a ${this.#start.reading} on channel ${this.channel}`;
  }

  /** Whether it must hear what is published. */
  get isOpen(): boolean {
    return this.#state === 'open' && !this.isOver();
  }

  /** Whether its client was closed. */
  isOver(): boolean {
    return this.#start.isOver();
  }

  /** `subscribe()` resolved: what is published from now on must come. */
  confirmed(): void {
    this.#due = Math.min(this.#due, this.#start.begun() + 1);
  }

  /** It is being closed. */
  left(): void {
    this.#state = 'left';
  }

  message(text: string): void {
    const [channel, number] = text.split(':').map(Number) as [number, number];
    if (channel !== this.channel) this.#wrong(`got ${text}`);
    if (this.#state === 'left' && this.#start.reading === 'listener') this.#wrong(`got ${text} after it was closed`);
    if (number <= this.last) this.#wrong(`got ${number} after ${this.last}`);
    if (number > this.#due) this.#wrong(`got ${number} after ${this.last} without a gap, at most ${this.#due} was due`);
    this.last = number;
    this.heard++;
    // A loop reads what came before a gap after the gap was told.
    this.#due = this.#start.reading === 'loop' ? Math.max(finite(this.#due), number + 1) : number + 1;
  }

  gap(): void {
    this.gaps++;
    this.#due = this.#start.begun() + 1;
  }

  ended(error?: unknown): void {
    if (this.isOpen) this.#wrong(`ended by itself${error === undefined ? '' : `: ${String(error as Error)}`}`);
    this.#state = 'ended';
  }

  #wrong(what: string): void {
    this.violations.push(`${this.name} ${what}`);
  }
}

/** Before anything is due, the first number that comes says what is. */
function finite(due: number): number {
  return due === Number.POSITIVE_INFINITY ? 0 : due;
}
