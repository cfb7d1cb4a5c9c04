import { randomBytes } from 'node:crypto';
import type { Client } from '../client.ts';
import { CommandError } from '../command-error.ts';
import type { Keyspace } from '../keyspace.ts';
import { confirmation, type PubSub } from '../pubsub.ts';
import { errorReply } from '../replies.ts';
import { keySlot } from './key-slot.ts';
import { SlotOwners } from './slot-owners.ts';

/** The text of a refusal that names another node, or asks to come again. */
export class Redirection extends CommandError {}

/** What a node needs to know of a command, or of all commands of a transaction. */
export interface KeyUse {
  readonly keys: readonly string[];
  /** The client said ASKING before. */
  readonly asking: boolean;
  /** Its keys are channels of slots, which are never missing. */
  readonly areChannels: boolean;
}

/** What a node needs of its server. */
interface NodeState {
  readonly pubsub: PubSub;
  readonly waitingClients: readonly Client[];
  database(index: number): Keyspace;
  wake(client: Client, reply: string): void;
  serveWaiting(): void;
}

/** Makes the nodes of a cluster, with equal shares of the slots. They have no replicas. */
export function clusterOf(size: number): readonly ClusterNode[] {
  const nodes = Array.from({ length: size }, (_, index) => new ClusterNode(index + 1));
  const slots = new SlotOwners(nodes);
  for (const node of nodes) node.slots = slots;
  return nodes;
}

/** One server of a cluster. */
export class ClusterNode {
  readonly id: string = randomBytes(20).toString('hex');
  /** Of two nodes that claim a slot, the higher one has it. */
  epoch: number;
  host = '127.0.0.1';
  port = 0;
  /** Slots that are on their way to, and from, another node. */
  readonly migrating: Map<number, ClusterNode> = new Map<number, ClusterNode>();
  readonly importing: Map<number, ClusterNode> = new Map<number, ClusterNode>();
  /** What its server keeps. */
  state!: NodeState;
  /** Shared by all nodes. */
  slots!: SlotOwners<ClusterNode>;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** The nodes of its cluster. */
  get nodes(): readonly ClusterNode[] {
    return this.slots.nodes;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** @throws Redirection when another node has the keys, or may have them */
  check({ keys, asking, areChannels }: KeyUse): void {
    const [first] = keys;
    if (first === undefined) return;
    const slot = keySlot(first);
    if (keys.some((key) => keySlot(key) !== slot))
      throw new Redirection("CROSSSLOT Keys in request don't hash to the same slot");
    const missing = areChannels ? 0 : new Set(keys.filter((key) => !this.#has(key))).size;
    const isMissing = missing > 0;
    const several = new Set(keys).size > 1;
    const owner = this.slots.ownerOf(slot);
    const target = owner === this ? this.migrating.get(slot) : undefined;
    if (target !== undefined && isMissing) {
      if (missing < new Set(keys).size) throw tryAgain();
      throw new Redirection(`ASK ${slot} ${target.address}`);
    }
    if (owner === this) return;
    if (!this.importing.has(slot) || !asking) throw movedTo(slot, owner);
    if (several && isMissing) throw tryAgain();
  }

  #has(key: string): boolean {
    return this.state.database(0).has(key);
  }

  /** The keys of a slot that are here. */
  keysIn(slot: number): string[] {
    const space = this.state.database(0);
    space.collect();
    return [...space.keys()].filter((key) => keySlot(key) === slot);
  }

  /** Moves keys that are here to another node, in the place of those of the same names. Returns how many. */
  moveKeys(keys: readonly string[], to: ClusterNode): number {
    const [from, target] = [this.state.database(0), to.state.database(0)];
    let moved = 0;
    for (const key of keys) {
      const entry = from.entry(key);
      if (entry === undefined) continue;
      const { value, expireAt } = entry;
      from.delete(key);
      target.put(key, value);
      target.expire(key, expireAt);
      moved++;
    }
    to.state.serveWaiting();
    return moved;
  }

  /** Forgets that a slot is on its way. */
  closeSlot(slot: number): void {
    this.migrating.delete(slot);
    this.importing.delete(slot);
  }

  /** Gets the highest epoch. Returns whether it had a lower one. */
  outrank(): boolean {
    const highest = Math.max(...this.nodes.filter((node) => node !== this).map(({ epoch }) => epoch), 0);
    if (this.epoch > highest) return false;
    this.slots.epoch = Math.max(this.slots.epoch, highest) + 1;
    this.epoch = this.slots.epoch;
    return true;
  }

  /** Gets a slot; the owner before drops the keys of it that it still has. */
  own(slot: number): void {
    const before = this.slots.ownerOf(slot);
    if (before === this) return;
    this.slots.setOwner(slot, this);
    this.outrank();
    before.#leave(slot);
  }

  /** Gets a slot with all its keys, at once. */
  take(slot: number): void {
    const from = this.slots.ownerOf(slot);
    if (from === this) return;
    for (const node of this.nodes) node.closeSlot(slot);
    from.moveKeys(from.keysIn(slot), this);
    this.own(slot);
  }

  /** Gives a message of a channel to the subscribers of all other nodes. */
  publish(channel: string, message: string): void {
    for (const node of this.nodes) if (node !== this) node.state.pubsub.publish(channel, message);
  }

  /** A slot has another owner: its keys are dropped, who waits for them is sent on, who listens in it is told. */
  #leave(slot: number): void {
    this.closeSlot(slot);
    const space = this.state.database(0);
    for (const key of this.keysIn(slot)) space.delete(key);
    this.#sendOn(slot);
    this.#endChannels(slot);
  }

  #sendOn(slot: number): void {
    const moved = errorReply(movedTo(slot, this.slots.ownerOf(slot)).message);
    for (const client of [...this.state.waitingClients])
      if (client.waiting?.keys.some((key) => keySlot(key) === slot)) this.state.wake(client, moved);
  }

  #endChannels(slot: number): void {
    const { pubsub } = this.state;
    for (const [channel, clients] of [...pubsub.shards]) {
      if (keySlot(channel) !== slot) continue;
      for (const client of [...clients]) {
        pubsub.remove(client, 'shards', channel);
        client.line.tell(confirmation(client, 'sunsubscribe', 'shards', channel));
      }
    }
  }
}

function movedTo(slot: number, owner: ClusterNode): Redirection {
  return new Redirection(`MOVED ${slot} ${owner.address}`);
}

function tryAgain(): Redirection {
  return new Redirection('TRYAGAIN Multiple keys request during rehashing of slot');
}
