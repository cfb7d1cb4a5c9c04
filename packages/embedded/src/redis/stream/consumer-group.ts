import { SortedList } from '../../sorted-list.ts';
import { compareIds, type StreamId } from './stream-id.ts';

/** A consumer of a group. */
export interface Consumer {
  readonly name: string;
  /** When it last asked for something; Unix time in milliseconds. */
  seenAt: number;
  readonly pending: SortedList<Pending>;
}

/** An entry that was delivered and is not acknowledged. */
export interface Pending {
  readonly id: StreamId;
  consumer: Consumer;
  deliveredAt: number;
  deliveries: number;
}

/** The counter of a group that is not known. */
export const UNKNOWN_READ = -1n;

function pendingList(): SortedList<Pending> {
  return new SortedList((a, b) => compareIds(a.id, b.id));
}

/** Pending entries from an id on. */
export function pendingFrom(list: SortedList<Pending>, id: StreamId): Generator<Pending, void, undefined> {
  return list.up(list.count((other) => compareIds(other.id, id) < 0));
}

/** A group of consumers that share the entries of a stream. */
export class ConsumerGroup {
  /** The last entry delivered. */
  lastId: StreamId;
  /** Entries read so far, or `UNKNOWN_READ`. */
  read: bigint;
  readonly consumers: Map<string, Consumer> = new Map<string, Consumer>();
  readonly pending: SortedList<Pending> = pendingList();

  constructor(lastId: StreamId, read: bigint) {
    this.lastId = lastId;
    this.read = read;
  }

  /** In the order of their names. */
  get sortedConsumers(): Consumer[] {
    return [...this.consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Undefined: there is one of that name. */
  addConsumer(name: string, now: number): Consumer | undefined {
    if (this.consumers.has(name)) return undefined;
    const consumer = { name, seenAt: now, pending: pendingList() };
    this.consumers.set(name, consumer);
    return consumer;
  }

  /** The consumer with all its pending entries is gone. */
  deleteConsumer({ name, pending }: Consumer): void {
    for (const entry of pending.up()) this.pending.delete(entry);
    this.consumers.delete(name);
  }

  find(id: StreamId): Pending | undefined {
    const found = pendingFrom(this.pending, id).next().value ?? undefined;
    return found !== undefined && compareIds(found.id, id) === 0 ? found : undefined;
  }

  /** The entry now belongs to a consumer. */
  assign(entry: Pending, consumer: Consumer): void {
    if (entry.consumer !== consumer) entry.consumer.pending.delete(entry);
    entry.consumer = consumer;
    consumer.pending.add(entry);
    this.pending.add(entry);
  }

  /** The entry is not pending any more. */
  remove(entry: Pending): void {
    this.pending.delete(entry);
    entry.consumer.pending.delete(entry);
  }

  /** Another group with the same content. */
  copy(): ConsumerGroup {
    const twin = new ConsumerGroup(this.lastId, this.read);
    for (const { name, seenAt } of this.consumers.values()) twin.addConsumer(name, seenAt);
    for (const entry of this.pending.up()) {
      const consumer = twin.consumers.get(entry.consumer.name) as Consumer;
      twin.assign({ ...entry, consumer }, consumer);
    }
    return twin;
  }
}
