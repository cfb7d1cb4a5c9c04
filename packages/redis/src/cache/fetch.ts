import type { Arg, Connection, Endpoint } from '@kv/core';
import type { JoinedCall } from './joined-call.ts';

/** The connection that a reply came on: what was read on it is certain as long as it is. */
export interface ReplySource {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
}

/** One reply that is on its way to be kept. It has its place among those that are, which others may find and wait for. */
export class Fetch {
  /** The slot of the key; 0 where there are no slots. */
  readonly slot: number;
  /** The key as text. Keys that are no UTF-8 may share it: {@link args} tells them apart. */
  readonly key: string;
  /** The command. */
  readonly name: string;
  /** Its arguments; `null` when the key is the only one, and text. */
  readonly args: readonly Arg[] | null;
  /** Whether strings in the reply are bytes. */
  readonly bytes: boolean;
  /** Its place among the entries, as long as it is {@link pending}. */
  index = -1;
  /** Its reply was kept. */
  kept = false;
  /** It was dropped before its reply could be kept. */
  gone = false;
  /** Where its reply came from, and the reply; never given out itself. */
  source: ReplySource | undefined = undefined;
  raw: unknown = undefined;
  /** Calls that wait for the same reply. */
  joined: JoinedCall[] | undefined = undefined;

  constructor(slot: number, key: string, name: string, args: readonly Arg[] | null, bytes: boolean) {
    this.slot = slot;
    this.key = key;
    this.name = name;
    this.args = args;
    this.bytes = bytes;
  }

  /** Whether it waits for its reply. */
  get pending(): boolean {
    return !this.kept && !this.gone;
  }
}

/** Whether two commands have the same arguments. */
export function sameArgs(some: readonly Arg[] | null, others: readonly Arg[] | null): boolean {
  if (some === others) return true;
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
