import type { Arg, Connection, Endpoint } from '@kv/core';
import type { JoinedCall } from './joined-call.ts';
import type { KeyTable } from './key-table.ts';

/** The connection that a reply came on: what was read on it is certain as long as it is. */
export interface ReplySource {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
}

/** The entries of one slot, or of all keys where there are no slots. One of a slot is thrown away when it is empty. */
export interface Group {
  /** -1 where there are no slots. */
  readonly slot: number;
  readonly byKey: KeyTable<Entry>;
  /** Where the replies in it came from. */
  source: ReplySource | undefined;
}

/** One reply that is kept, or is on its way to be. */
export class Entry {
  readonly group: Group;
  /** The key as text. Keys that are no UTF-8 may share it: {@link args} tells them apart. */
  readonly key: string;
  /** The command. */
  readonly name: string;
  /** Its arguments; `null` when the key is the only one, and text. */
  readonly args: readonly Arg[] | null;
  /** Whether strings in the reply are bytes. */
  readonly bytes: boolean;
  /** Whether the reply is on its way: what is kept below has no meaning yet. */
  pending = true;
  /** It was dropped. */
  gone = false;
  /** The reply as it came; never given out itself. */
  raw: unknown = undefined;
  /** About how many bytes it takes. */
  size = 0;
  /** When the reply came, and when it ends whatever a caller says, ms. */
  storedAt = 0;
  expires = 0;
  source: ReplySource | undefined = undefined;
  /** Calls that wait for the same reply. */
  joined: JoinedCall[] | undefined = undefined;
  /** Used less recently, and more recently. */
  older: Entry | undefined = undefined;
  newer: Entry | undefined = undefined;
  /** The next entry of the same key. */
  sibling: Entry | undefined = undefined;

  constructor(group: Group, key: string, name: string, args: readonly Arg[] | null, bytes: boolean) {
    this.group = group;
    this.key = key;
    this.name = name;
    this.args = args;
    this.bytes = bytes;
  }

  /** Whether it is the reply to this command. */
  answers(name: string, args: readonly Arg[] | null, bytes: boolean): boolean {
    return this.name === name && this.bytes === bytes && (this.args === args || sameArgs(this.args, args));
  }
}

function sameArgs(some: readonly Arg[] | null, others: readonly Arg[] | null): boolean {
  if (some === null || others === null || some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (!sameArg(some[i] as Arg, others[i] as Arg)) return false;
  return true;
}

function sameArg(one: Arg, other: Arg): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
