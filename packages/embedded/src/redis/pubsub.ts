import type { Client } from './client.ts';
import { globMatches } from './glob.ts';
import { bulk, integer } from './replies.ts';

/** The three kinds of subscriptions. */
export type Kind = 'channels' | 'patterns' | 'shards';

/** Who listens to what. */
export class PubSub {
  readonly channels: Map<string, Set<Client>> = new Map<string, Set<Client>>();
  readonly patterns: Map<string, Set<Client>> = new Map<string, Set<Client>>();
  readonly shards: Map<string, Set<Client>> = new Map<string, Set<Client>>();

  add(client: Client, kind: Kind, name: string): void {
    const listeners = this[kind].get(name) ?? new Set<Client>();
    this[kind].set(name, listeners.add(client));
    client.subscriptions[kind].add(name);
  }

  remove(client: Client, kind: Kind, name: string): void {
    const listeners = this[kind].get(name);
    listeners?.delete(client);
    if (listeners?.size === 0) this[kind].delete(name);
    client.subscriptions[kind].delete(name);
  }

  /** Ends all subscriptions of a client, silently. */
  forget(client: Client): void {
    for (const kind of ['channels', 'patterns', 'shards'] as const) {
      for (const name of client.subscriptions[kind]) this.remove(client, kind, name);
    }
  }

  /** Returns how many got the message; a client that listens twice counts twice. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    for (const client of this.channels.get(channel) ?? []) {
      client.push([bulk('message'), bulk(channel), bulk(message)]);
      receivers += 1;
    }
    for (const [pattern, clients] of this.patterns) {
      if (!globMatches(pattern, channel)) continue;
      for (const client of clients) client.push([bulk('pmessage'), bulk(pattern), bulk(channel), bulk(message)]);
      receivers += clients.size;
    }
    return receivers;
  }

  publishToShard(channel: string, message: string): number {
    const clients = this.shards.get(channel) ?? new Set<Client>();
    for (const client of clients) client.push([bulk('smessage'), bulk(channel), bulk(message)]);
    return clients.size;
  }
}

/** The confirmation of one subscription or its end; `count` as the server counts it for that kind. */
export function confirmation(client: Client, verb: string, kind: Kind, name: string | undefined): string {
  const { channels, patterns, shards } = client.subscriptions;
  const count = kind === 'shards' ? shards.size : channels.size + patterns.size;
  const label = name === undefined ? client.notation.nil : bulk(name);
  return client.notation.push([bulk(verb), label, integer(count)]);
}
