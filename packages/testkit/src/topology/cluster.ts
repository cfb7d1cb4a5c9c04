import type { RedisServerOptions } from '../redis-server.ts';
import { AttachedNode, ClusterNode, type NodePlace } from './cluster-node.ts';
import { checkView, formCluster, renewClaims, returnToShards } from './cluster-setup.ts';
import { freePorts } from './ports.ts';
import { closeSlot, importing, migrateKeys, migrating, moveAgain, setNode } from './slot-moves.ts';
import { type WaitOptions, waitFor } from './wait.ts';

/** What kind of cluster is wanted. */
export interface ClusterOptions {
  /** Primaries; default 3. */
  readonly primaries?: number;
  /** Replicas of each primary; default 1. */
  readonly replicas?: number;
  /** `cluster-node-timeout` in milliseconds; default 1000: a killed primary is replaced after 2 to 3 seconds. */
  readonly nodeTimeout?: number;
  /** Further command-line options of every node, or of node `index`; the primaries come first. */
  readonly args?: readonly string[] | ((index: number) => readonly string[]);
  /** Further options of every process. */
  readonly server?: Pick<RedisServerOptions, 'program'>;
}

/** A node that became a primary. */
export interface Promotion {
  readonly node: ClusterNode;
  /** When it said so first, as of `performance.now()`. */
  readonly at: number;
}

/**
 * Starts a real cluster of child processes on free ports of 127.0.0.1. Resolves when every node says that the state is
 * ok and lists all replicas, after about 3 seconds.
 *
 * @example
 * await using cluster = await startCluster({ primaries: 3, replicas: 1 });
 * await cluster.moveSlot(await cluster.slotOf('key'), cluster.primaries[1]);
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  for (let attempt = 1; ; attempt++) {
    const cluster = await Cluster.prepare(options);
    try {
      await cluster.start();
      return cluster;
    } catch (error) {
      await cluster.close();
      // Somebody may have taken a free port in the meantime.
      if (attempt === 5 || !String(error).includes('in use')) throw error;
    }
  }
}

/** A real cluster; see {@link startCluster}. Roles and slots of its nodes are as of the last {@link Cluster.refresh}. */
export class Cluster implements AsyncDisposable {
  /** All nodes, the first primaries in front. The order never changes. */
  readonly nodes: readonly ClusterNode[];
  readonly #shards: number;

  private constructor(nodes: readonly ClusterNode[], shards: number) {
    this.nodes = nodes;
    this.#shards = shards;
  }

  /** A cluster whose processes do not run yet. */
  static async prepare(options: ClusterOptions): Promise<Cluster> {
    const { primaries = 3, replicas = 1 } = options;
    const count = primaries * (1 + replicas);
    const ports = await freePorts(2 * count);
    const nodes = ports.slice(0, count).map((port, i) => {
      const busPort = ports[count + i] as number;
      return new ClusterNode(serverOptions(options, busPort, i), port, busPort, i % primaries);
    });
    return new Cluster(nodes, primaries);
  }

  /** The cluster that another program has started, in which this one only asks and moves slots. */
  static async attach(places: readonly NodePlace[]): Promise<Cluster> {
    const shards = new Set(places.map(({ shard }) => shard)).size;
    const cluster = new Cluster(
      places.map((place) => new AttachedNode(place)),
      shards,
    );
    await cluster.refresh();
    return cluster;
  }

  /** Starts all processes and joins them; resolves when the cluster is ready. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await formCluster(this.nodes, this.#shards);
    await this.settled();
  }

  /** The nodes that said last that they are primaries and run. */
  get primaries(): ClusterNode[] {
    return this.nodes.filter(({ answers, role }) => answers && role === 'primary');
  }

  /** The nodes that said last that they are replicas and run. */
  get replicas(): ClusterNode[] {
    return this.nodes.filter(({ answers, role }) => answers && role === 'replica');
  }

  /** Where the nodes are, for {@link Cluster.attach}. */
  get places(): NodePlace[] {
    return this.nodes.map(({ port, busPort, shard }) => ({ port, busPort, shard }));
  }

  /** `redis+cluster://` with the addresses of all nodes. */
  get url(): string {
    return `redis+cluster://${this.nodes.map(({ address }) => address).join(',')}`;
  }

  /** Asks every running node for its role, slots and epoch. */
  async refresh(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.refresh()));
  }

  /** Resolves when every running node says that the state is ok and lists all running nodes of each shard. */
  async settled(options: WaitOptions = {}): Promise<void> {
    let renewed = performance.now();
    const look = async (): Promise<true> => {
      if (performance.now() - renewed > OLD_VIEW) {
        await renewClaims(this.primaries);
        await returnToShards(this.nodes);
        renewed = performance.now();
      }
      return this.#isSettled();
    };
    await waitFor('cluster: state ok and all replicas listed', look, options);
  }

  /** The primary of a shard. Rejects when none says that it is one in time: it died, and its replica still waits. */
  primaryOf(shard: number, options: WaitOptions = {}): Promise<ClusterNode> {
    const look = async (): Promise<ClusterNode | undefined> => {
      await this.refresh();
      return this.primaries.filter((node) => node.shard === shard).sort((a, b) => b.epoch - a.epoch)[0];
    };
    return waitFor(`primary of shard ${shard}`, look, options);
  }

  /** The slot of a key, by a node's own reckoning. */
  async slotOf(key: string): Promise<number> {
    const node = this.nodes.find(({ answers }) => answers);
    return Number(await node?.ask('CLUSTER', 'KEYSLOT', key));
  }

  /** The running primary that serves a slot; of several that claim it the one with the highest epoch. */
  slotOwner(slot: number, options: WaitOptions = {}): Promise<ClusterNode> {
    const look = async (): Promise<ClusterNode | undefined> => {
      await this.refresh();
      return this.nodes.filter((node) => node.serves(slot)).sort((a, b) => b.epoch - a.epoch)[0];
    };
    return waitFor(`owner of slot ${slot}`, look, options);
  }

  /** What GET says at the owner of the key's slot, past every client; waits while the cluster says that it is down. */
  async read(key: string): Promise<string | null> {
    const slot = await this.slotOf(key);
    const look = async (): Promise<{ value: string | null }> => {
      const owner = await this.slotOwner(slot);
      return { value: (await owner.ask('GET', key)) as string | null };
    };
    return (await waitFor(`the value of ${key}`, look)).value;
  }

  /** SIGKILL; resolves when the process is gone. */
  kill(node: ClusterNode): Promise<void> {
    return node.kill();
  }

  /** SIGSTOP. */
  freeze(node: ClusterNode): void {
    node.freeze();
  }

  /** SIGCONT. */
  thaw(node: ClusterNode): void {
    node.thaw();
  }

  /** Kills the node, if it runs, and starts it with the same port and id, without data; resolves when it answers. */
  async restart(node: ClusterNode): Promise<void> {
    await node.kill();
    await node.start();
  }

  /**
   * Makes a replica the primary of its shard in an orderly way. Two such failovers within some seconds can collide:
   * then it asks again. Resolves when the replica says that it is a primary.
   */
  async failover(replica: ClusterNode): Promise<Promotion> {
    let asked = Number.NEGATIVE_INFINITY;
    const look = async (): Promise<Promotion | undefined> => {
      if (performance.now() - asked > FAILOVER_PATIENCE) {
        asked = performance.now();
        await replica.ask('CLUSTER', 'FAILOVER');
      }
      return promotionOf(replica);
    };
    return waitFor('CLUSTER FAILOVER', look, { every: 2 });
  }

  /** Resolves when another node of the shard says that it is the primary. */
  waitForPromotion(old: ClusterNode, options: WaitOptions = {}): Promise<Promotion> {
    const look = async (): Promise<Promotion | undefined> => {
      const others = this.nodes.filter((node) => node.shard === old.shard && node !== old && node.answers);
      const promotions = await Promise.all(others.map(promotionOf));
      return promotions.find((one) => one !== undefined);
    };
    return waitFor(`a successor of ${old.address}`, look, options);
  }

  /** First step of a move by hand: the target will take the keys, and serves them after ASKING. */
  importing(slot: number, target: ClusterNode, source: ClusterNode): Promise<void> {
    return importing(slot, target, source);
  }

  /** Second step: the source answers ASK for keys that it does not have. */
  migrating(slot: number, source: ClusterNode, target: ClusterNode): Promise<void> {
    return migrating(slot, source, target);
  }

  /** Third step, repeated: moves up to `count` keys, resolves with their number. */
  migrateKeys(slot: number, source: ClusterNode, target: ClusterNode, count = 10): Promise<number> {
    return migrateKeys(slot, source, target, count);
  }

  /** Last step: tells nodes who owns the slot; default: the owner, then all other primaries. */
  async setNode(slot: number, owner: ClusterNode, told?: readonly ClusterNode[]): Promise<void> {
    if (told === undefined) return closeSlot(slot, owner, this.primaries);
    for (const node of told) await setNode(slot, owner, node);
  }

  /** Moves a slot with its keys; resolves when all primaries know. Does nothing when the target has it already. */
  async moveSlot(slot: number, target: ClusterNode): Promise<void> {
    const source = await this.slotOwner(slot);
    if (source === target) return;
    await moveAgain(slot, source, target, this.primaries);
  }

  /** Kills all processes, by their ids, and removes their folders. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #isSettled(): Promise<true> {
    await this.refresh();
    const running = this.nodes.filter(({ answers }) => answers);
    await Promise.all(running.map((node) => checkView(node, this.nodes)));
    return true;
  }
}

/** Milliseconds after which what is still wrong will not become right by itself. */
const OLD_VIEW = 2000;

/** Milliseconds after which the server gives up a manual failover. */
const FAILOVER_PATIENCE = 5000;

async function promotionOf(node: ClusterNode): Promise<Promotion | undefined> {
  await node.refresh();
  return node.role === 'primary' ? { node, at: performance.now() } : undefined;
}

function serverOptions(options: ClusterOptions, busPort: number, index: number): RedisServerOptions {
  const { nodeTimeout = 1000, args = [], server } = options;
  return {
    ...server,
    args: [
      ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
      ...['--cluster-port', String(busPort), '--cluster-node-timeout', String(nodeTimeout)],
      // CLUSTER SLOTS leaves out replicas until something was replicated: usually the first ping, after 10 seconds.
      ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
      // A replica asks for votes until it gets them. By default it stops when its primary has been silent for some
      // seconds, which on a busy machine one lost election is enough for.
      ...['--cluster-replica-validity-factor', '0'],
      // Replicas stay in their shards. (Forbidding migration altogether would also keep a primary that was replaced, and
      // whose successor has got slots of others since, from becoming its replica.)
      ...['--cluster-migration-barrier', '99'],
      ...(typeof args === 'function' ? args(index) : args),
    ],
  };
}
