import { KINDS, type Kind } from './subscription-commands.ts';

/**
 * One name that is subscribed to, for as long as it has readers.
 *
 * ```text
 *             asked on a connection        the server confirms
 *   wanted ───────────────────────► asked ─────────────────────► confirmed: messages are delivered
 *      ▲                              │                              │
 *      └───── connection lost ────────┴──────────────────────────────┘ every reader has missed something now
 * ```
 */
export class Entry<R> {
  readonly kind: Kind;
  readonly name: string;
  readonly readers: Set<R> = new Set();
  state: 'wanted' | 'asked' | 'confirmed' = 'wanted';

  constructor(kind: Kind, name: string) {
    this.kind = kind;
    this.name = name;
  }
}

/** Who wants which name: data only, it knows no connection. The first reader of a name makes its entry, the last ends it. */
export class SubscriptionRegistry<R> {
  readonly #entries: Readonly<Record<Kind, Map<string, Entry<R>>>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  };

  /** How many names are wanted. */
  get size(): number {
    return KINDS.reduce((sum, kind) => sum + this.#entries[kind].size, 0);
  }

  /** All that is wanted. */
  get entries(): Entry<R>[] {
    return KINDS.flatMap((kind) => [...this.#entries[kind].values()]);
  }

  /** Everybody who reads anything, once. */
  get readers(): Set<R> {
    return new Set(this.entries.flatMap(({ readers }) => [...readers]));
  }

  /** The entry of a name, if anybody wants it. */
  get(kind: Kind, name: string): Entry<R> | undefined {
    return this.#entries[kind].get(name);
  }

  /** Whether this is still the entry of its name: one that was left and wanted again is another. */
  has(entry: Entry<R>): boolean {
    return this.#entries[entry.kind].get(entry.name) === entry;
  }

  /** Adds a reader to names. @returns their entries, each once */
  add(kind: Kind, names: readonly string[], reader: R): Entry<R>[] {
    const entries = this.#entries[kind];
    const added = new Set<Entry<R>>();
    for (const name of names) {
      const entry = entries.get(name) ?? new Entry<R>(kind, name);
      entries.set(name, entry);
      entry.readers.add(reader);
      added.add(entry);
    }
    return [...added];
  }

  /** Removes a reader. @returns the entries that have no reader any more; they are removed, too */
  remove(kind: Kind, names: readonly string[], reader: R): Entry<R>[] {
    const left: Entry<R>[] = [];
    for (const name of names) {
      const entry = this.#entries[kind].get(name);
      if (entry === undefined || !entry.readers.delete(reader) || entry.readers.size > 0) continue;
      this.drop(entry);
      left.push(entry);
    }
    return left;
  }

  /** Removes an entry with all its readers. */
  drop(entry: Entry<R>): void {
    if (this.has(entry)) this.#entries[entry.kind].delete(entry.name);
  }

  /** Removes everything. */
  clear(): void {
    for (const kind of KINDS) this.#entries[kind].clear();
  }
}
