import { ConnectionError, type KvError } from '@kv/core';
import { text } from '../commands/support/replies.ts';
import { bytesOfName, isOfBytes } from './channel-name.ts';
import type { Gap, Message, Subscription } from './subscription.ts';
import { commandName, type Kind, type Push, payloadOf } from './subscription-commands.ts';
import type { Entry } from './subscription-registry.ts';

type Delivered = Extract<Push, { readonly type: 'message' }>;

/**
 * One subscription as its subscriber sees it: which names are not confirmed yet, and whether messages were missed.
 *
 * A gap is told when the server confirms a name again, before the next message of that name: once for all names of the
 * reader, and once more only where messages came in between.
 */
export class Reader {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly bytes: boolean;
  /** Whether the connection has to give names and payloads as bytes. */
  readonly wantsBytes: boolean;
  readonly subscription: Subscription<unknown>;
  /** Resolves when all names were confirmed for the first time. */
  readonly ready: Promise<void>;
  readonly #awaited = new Set<Entry<Reader>>();
  /** Called for each name that a server confirms, before a gap is told. */
  onConfirmed: ((entry: Entry<Reader>) => void) | undefined;
  /** Names whose messages were missed since they were confirmed last, and why. */
  readonly #missed = new Map<Entry<Reader>, Gap['reason']>();
  #told = false;
  readonly #resubscribe: boolean;
  #settle: { readonly resolve: () => void; readonly reject: (error: KvError) => void } | undefined;

  /** @param resubscribe whether it goes on after its connection was lost */
  constructor(
    kind: Kind,
    names: readonly string[],
    bytes: boolean,
    subscription: Subscription<unknown>,
    resubscribe: boolean = true,
  ) {
    this.#resubscribe = resubscribe;
    this.kind = kind;
    this.names = names;
    this.bytes = bytes;
    this.wantsBytes = bytes || names.some(isOfBytes);
    this.subscription = subscription;
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ready.catch(() => undefined); // its caller may have given up
  }

  /** Whether all names were confirmed once. */
  get isReady(): boolean {
    return this.#settle === undefined;
  }

  /** Waits for the names that are not confirmed. */
  joined(entries: readonly Entry<Reader>[]): void {
    for (const entry of entries) if (entry.state !== 'confirmed') this.#awaited.add(entry);
    this.#readyIfConfirmed();
  }

  /** The server has confirmed a name. */
  confirmed(entry: Entry<Reader>): void {
    if (this.#awaited.delete(entry)) this.#readyIfConfirmed();
    const reason = this.#missed.get(entry);
    this.#missed.delete(entry);
    this.onConfirmed?.(entry);
    if (reason === undefined || this.#told) return;
    this.#told = true;
    this.subscription.gap({ reason });
  }

  /** From now on messages of a name are missed. */
  missed(entry: Entry<Reader>, reason: Gap['reason'] = 'reconnect'): void {
    if (this.#awaited.has(entry)) return;
    if (!this.#resubscribe && reason === 'reconnect') return this.fail(lost(this.kind));
    this.#missed.set(entry, reason);
    this.#told = false;
  }

  /** A name is wanted from another server, too: its messages may have been missed unless no one has confirmed it yet. */
  moved(before: Entry<Reader> | undefined, entry: Entry<Reader>): void {
    if (before !== undefined && this.#awaited.has(before)) this.#awaited.add(entry);
    else this.missed(entry, 'moved');
    if (entry.state === 'confirmed') this.confirmed(entry);
  }

  /** A name is not wanted from that server any more. */
  left(entry: Entry<Reader>): void {
    this.#missed.delete(entry);
    if (this.#awaited.delete(entry)) this.#readyIfConfirmed();
  }

  deliver({ kind, name, channel, payload }: Delivered): void {
    if (this.#missed.size > 0) this.#told = false;
    const message = payloadOf(payload, this.bytes);
    if (isOfBytes(channel) || isOfBytes(name)) this.subscription.deliver(namedByBytes(kind, name, channel, message));
    else this.subscription.deliver(kind === 'pattern' ? { channel, pattern: name, message } : { channel, message });
  }

  /** It cannot be subscribed any more: `subscribe()` rejects with the reason, or the subscription ends with it. */
  fail(error: KvError): void {
    this.#settle?.reject(error);
    this.subscription.fail(error);
  }

  /** The client is closed: `subscribe()` rejects, a subscription just ends. */
  close(error: KvError): void {
    this.#settle?.reject(error);
    this.subscription.end();
  }

  #readyIfConfirmed(): void {
    if (this.#awaited.size > 0) return;
    this.#settle?.resolve();
    this.#settle = undefined;
  }
}

function namedByBytes(kind: Kind, name: string, channel: string, message: unknown): Message<unknown> {
  const bytes = bytesOfName(channel);
  const told = { channel: bytes === undefined ? channel : text(bytes), channelBytes: bytes, message };
  if (kind !== 'pattern') return told;
  const pattern = bytesOfName(name);
  return { ...told, pattern: pattern === undefined ? name : text(pattern), patternBytes: pattern };
}

function lost(kind: Kind): ConnectionError {
  const command = commandName(kind);
  return new ConnectionError(`${command}: the connection was lost, and the subscription ended`, { command });
}
