import type { RedisServerOptions } from '../redis-server.ts';
import { type ClusterRow, hasSlot, ownRow, type SlotRange } from './cluster-rows.ts';
import { ManagedServer } from './managed-server.ts';

/** Where a node is, and its shard. */
export interface NodePlace {
  readonly port: number;
  readonly busPort: number;
  readonly shard: number;
}

/** One node of a cluster. What it says of itself is as of the last `refresh`; a dead node keeps what it said last. */
export class ClusterNode extends ManagedServer {
  /** Number of its shard: the first primaries are 0, 1, …; a replica has the number of its primary. It never changes. */
  readonly shard: number;
  /** Port of the cluster bus. */
  readonly busPort: number;
  #row: ClusterRow | undefined;

  constructor(options: RedisServerOptions, port: number, busPort: number, shard: number) {
    super(options, port);
    this.busPort = busPort;
    this.shard = shard;
  }

  /** Its id in the cluster, which survives restarts. */
  get id(): string {
    return this.#row?.id ?? '';
  }

  /** `host:port` */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get role(): 'primary' | 'replica' {
    return this.#row?.flags.includes('slave') ? 'replica' : 'primary';
  }

  /** Of a replica: the id of its primary. */
  get primaryId(): string | undefined {
    return this.#row?.primaryId;
  }

  /** The ranges that it serves; empty for a replica. */
  get slots(): readonly SlotRange[] {
    return this.#row?.slots ?? [];
  }

  /** Its configuration epoch: of two nodes that claim a slot, the higher one has it. */
  get epoch(): number {
    return this.#row?.epoch ?? 0;
  }

  /** Slots that are being moved from it or to it. */
  get openSlots(): ClusterRow['open'] {
    return this.#row?.open ?? [];
  }

  override async start(): Promise<void> {
    await super.start();
    await this.refresh();
  }

  /** Asks it for its role, slots and epoch, if it runs. */
  async refresh(): Promise<void> {
    if (this.answers) this.#row = ownRow(await this.askText('CLUSTER', 'NODES'));
  }

  /** It runs, and says that it is a primary and serves the slot. */
  serves(slot: number): boolean {
    return this.answers && this.role === 'primary' && hasSlot(this.slots, slot);
  }
}

/** A node whose process belongs to another program: it cannot be started or ended here, and is asked whether it runs. */
export class AttachedNode extends ClusterNode {
  #silent = false;

  constructor({ port, busPort, shard }: NodePlace) {
    super({}, port, busPort, shard);
  }

  override get answers(): boolean {
    return !this.#silent;
  }

  override async refresh(): Promise<void> {
    this.#silent = false;
    try {
      await super.refresh();
    } catch {
      this.#silent = true;
    }
  }
}
