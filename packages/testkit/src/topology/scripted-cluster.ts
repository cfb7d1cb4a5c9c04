import { ScriptedNode, type View } from './scripted-node.ts';

/** What kind of scripted cluster is wanted. */
export interface ScriptedClusterOptions {
  /** Nodes that share the slots evenly as primaries; default 3. */
  readonly nodes?: number;
}

/**
 * Starts servers that look like a cluster and do what a test says: the map that they tell, and the answer to each
 * command. By default they tell one map, accept the handshakes of clients, and answer everything else with an error.
 *
 * @example
 * await using cluster = await scriptedCluster({ nodes: 2 });
 * const [a, b] = cluster.nodes;
 * a.answer = ({ name }) => (name === 'GET' ? moved(12182, b) : undefined);
 * b.answer = ({ name }) => (name === 'GET' ? bulk('value') : undefined);
 */
export async function scriptedCluster(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const { nodes: count = 3 } = options;
  const nodes = Array.from({ length: count }, (_, i) => new ScriptedNode(i));
  await Promise.all(nodes.map((node) => node.start()));
  return new ScriptedCluster(nodes);
}

/** Servers whose every answer a test decides; see {@link scriptedCluster}. */
export class ScriptedCluster implements AsyncDisposable {
  readonly nodes: readonly ScriptedNode[];

  constructor(nodes: readonly ScriptedNode[]) {
    this.nodes = nodes;
    this.tell(evenly(nodes));
  }

  /** `redis+cluster://` with the addresses of all nodes. */
  get url(): string {
    return `redis+cluster://${this.nodes.map(({ address }) => address).join(',')}`;
  }

  /** Every node tells this view from now on. For one node that has another view set its `view`. */
  tell(view: View): void {
    for (const node of this.nodes) node.view = view;
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A view in which each node is the primary of an equal share of the slots. */
export function evenly(nodes: readonly ScriptedNode[], epoch = 1): View {
  const edge = (i: number): number => Math.round((16_384 / nodes.length) * i);
  const ranges = nodes.map((node, i) => ({ first: edge(i), last: edge(i + 1) - 1, nodes: [node] }));
  return { epoch, ranges };
}
