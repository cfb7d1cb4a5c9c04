import type { PubSub } from './pubsub.ts';

/** Kinds of events, as notify-keyspace-events names them: `g` for keys of any type, `x` expired, `m` missed, `n` new. */
export type EventKind = 'g' | '$' | 'l' | 's' | 'h' | 'z' | 'x' | 't' | 'm' | 'n';

/** What `A` stands for; evicted keys and module types are in it, though they do not occur here. */
const ALL = 'g$lshzxetd';
const KNOWN = `A${ALL}nKEm`;

/** What the server says of letters that it does not know. */
export const INVALID_FLAGS = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";

/** Whether the server knows all letters. */
export function areFlags(text: string): boolean {
  return text.split('').every((letter) => KNOWN.includes(letter));
}

/** The letters as the server shows them again. */
export function normalFlags(text: string): string {
  const given = new Set(text);
  const chosen = (letters: string): string => letters.replaceAll(/./g, (letter) => (given.has(letter) ? letter : ''));
  const hasAll = given.has('A') || chosen(ALL) === ALL;
  return (hasAll ? 'A' : chosen(`${ALL}n`)) + chosen('KEm');
}

/** Tells subscribers what happens to keys, as far as notify-keyspace-events says so. */
export class KeyEvents {
  readonly #pubsub: PubSub;
  #kinds = new Set<string>();
  #misses: readonly (readonly [database: number, key: string])[] = [];

  constructor(pubsub: PubSub) {
    this.#pubsub = pubsub;
  }

  /** @param text the option as given; `A` is many kinds */
  configure(text: string): void {
    this.#kinds = new Set(text.replaceAll('A', ALL));
  }

  wants(kind: EventKind): boolean {
    return this.#kinds.has(kind) && (this.#kinds.has('K') || this.#kinds.has('E'));
  }

  notify(database: number, kind: EventKind, event: string, key: string): void {
    if (!this.wants(kind)) return;
    this.flushMisses();
    this.#publish(database, event, key);
  }

  /** Notes keys that a command asks for and that are not there: told before what the command itself does. */
  noteMisses(database: number, keys: readonly string[]): void {
    this.#misses = keys.map((key) => [database, key] as const);
  }

  flushMisses(): void {
    const misses = this.#misses;
    this.#misses = [];
    for (const [database, key] of misses) this.#publish(database, 'keymiss', key);
  }

  forgetMisses(): void {
    this.#misses = [];
  }

  #publish(database: number, event: string, key: string): void {
    if (this.#kinds.has('K')) this.#pubsub.publish(`__keyspace@${database}__:${key}`, event);
    if (this.#kinds.has('E')) this.#pubsub.publish(`__keyevent@${database}__:${event}`, key);
  }
}
