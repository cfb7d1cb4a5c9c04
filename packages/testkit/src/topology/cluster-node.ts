import type { RedisServerOptions } from '../redis-server.ts';
import { type ClusterRow, hasSlot, ownRow, type SlotRange } from './cluster-rows.ts';
import { ManagedServer } from './managed-server.ts';

/** One node of a cluster. What it says of itself is as of the last `refresh`; a dead node keeps what it said last. */
export class ClusterNode extends ManagedServer {
  /** Number of its shard: the first primaries are 0, 1, …; a replica has the number of its primary. It never changes. */
  readonly shard: number;
  /** Port of the cluster bus. */
  readonly busPort: number;
  #id = '';
  #row: ClusterRow | undefined;

  constructor(options: RedisServerOptions, port: number, busPort: number, shard: number) {
    super(options, port);
    this.busPort = busPort;
    this.shard = shard;
  }

  /** Its id in the cluster, which survives restarts. */
  get id(): string {
    return this.#id;
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
    this.#id = await this.askText('CLUSTER', 'MYID');
  }

  /** Asks it for its role, slots and epoch. */
  async refresh(): Promise<void> {
    this.#row = ownRow(await this.askText('CLUSTER', 'NODES'));
  }

  /** It runs, and says that it is a primary and serves the slot. */
  serves(slot: number): boolean {
    return this.answers && this.role === 'primary' && hasSlot(this.slots, slot);
  }
}
