import type { Timer } from '../clock.ts';
import type { Conversation } from '../conversation.ts';
import { type Notation, resp2 } from './replies.ts';

/** What a waiting client waits for. */
export interface Waiting {
  readonly db: number;
  readonly keys: readonly string[];
  /** Takes what it waited for from a key; undefined: nothing there for it. */
  attempt(key: string): string | undefined;
  /** The reply when the time is over. */
  readonly nil: string;
  readonly timer: Timer | undefined;
}

/** A transaction that is being collected. */
export interface Transaction {
  readonly commands: (readonly string[])[];
  /** A command was refused while collecting: EXEC will refuse. */
  refused: boolean;
}

/** `skip`: the next command; `skipping`: that command is running. */
type ReplyMode = 'on' | 'off' | 'skip' | 'skipping';

/** One connection's state. */
export class Client {
  readonly id: number;
  readonly line: Conversation<readonly string[]>;
  readonly createdAt: number;
  seenAt: number;
  name = '';
  db = 0;
  notation: Notation = resp2;
  authenticated: boolean;
  transaction: Transaction | undefined;
  /** EXEC is running. */
  executing = false;
  /** It stands for a script. */
  inScript = false;
  /** Watched keys by database. */
  readonly watched: Map<number, Set<string>> = new Map<number, Set<string>>();
  /** A watched key changed. */
  conflicted = false;
  readonly subscriptions: { readonly [K in 'channels' | 'patterns' | 'shards']: Set<string> } = {
    channels: new Set(),
    patterns: new Set(),
    shards: new Set(),
  };
  waiting: Waiting | undefined;
  /** A command held back by CLIENT PAUSE. */
  postponed: readonly string[] | undefined;
  /** ASKING was said: the next command, or transaction, may use a slot that is on its way here. */
  asking = false;
  noEvict = false;
  lastCommand = 'NULL';
  replyMode: ReplyMode = 'on';
  /** End the connection after the reply. */
  closing = false;

  constructor(id: number, line: Conversation<readonly string[]>, now: number, authenticated: boolean) {
    this.id = id;
    this.line = line;
    this.createdAt = now;
    this.seenAt = now;
    this.authenticated = authenticated;
  }

  /** Any subscription: on RESP2, few commands are left. */
  get subscribed(): boolean {
    return Object.values(this.subscriptions).some((names) => names.size > 0);
  }

  /** Sends a reply, unless the client wants none. */
  reply(bytes: string): void {
    if (this.replyMode === 'on') this.line.send(bytes);
  }

  /** Sends something that is not a reply. */
  push(items: readonly string[]): void {
    if (this.replyMode === 'on' || this.notation.version === 3) this.line.tell(this.notation.push(items));
  }
}
