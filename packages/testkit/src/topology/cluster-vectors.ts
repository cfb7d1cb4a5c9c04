import { fromHex, loadVectors } from '../vectors.ts';

/** A key as recorded: text, or bytes in hexadecimal. */
export type RecordedKey = string | { readonly hex: string };

/** A node of the recording: its port and id there. */
export interface RecordedNode {
  readonly port: number;
  /** Nodes of a cluster have one. */
  readonly id?: string;
}

/** Commands on a connection, and the bytes that came. */
export interface Exchange {
  readonly kind: 'exchange';
  /** Steps with the same name share a connection. */
  readonly conn: string;
  /** Name of the node that the connection leads to. */
  readonly node: string;
  /** What is sent in one write; none: the step only reads. */
  readonly commands: readonly (readonly string[])[];
  /** The bytes that came, in RESP2 and in RESP3; absent: not recorded in this protocol. */
  readonly resp2: Uint8Array | undefined;
  readonly resp3: Uint8Array | undefined;
  /** Frames that the step reads; 0: silence on purpose. */
  readonly replies: number;
  /** The server ends the connection behind these bytes. */
  readonly closed: boolean;
  /** The bytes differ from run to run: times, offsets, ids of clients. */
  readonly volatile: boolean;
  readonly note: string | undefined;
}

/** A command on another connection, whose reply is not kept. */
export interface AdminStep {
  readonly kind: 'admin';
  readonly node: string;
  readonly commands: readonly (readonly string[])[];
}

/** Time that passes before the next step. */
export interface WaitStep {
  readonly kind: 'wait';
  readonly milliseconds: number;
}

/** One step of a scenario. */
export type ClusterStep = Exchange | AdminStep | WaitStep;

/** What was done with a cluster, a primary with replicas, or sentinels, and the bytes that came. */
export interface ClusterScenario {
  readonly name: string;
  readonly note: string;
  readonly fixture: string;
  /** The protocols it was recorded in. */
  readonly protocols: readonly (2 | 3)[];
  readonly nodes: Readonly<Record<string, RecordedNode>>;
  readonly steps: readonly ClusterStep[];
}

/** What an error text means: a redirect, "ask for a new map", or `null`: an ordinary error. */
export type RecordedRedirect =
  | { readonly kind: 'moved' | 'ask'; readonly slot: number; readonly host: string; readonly port: number }
  | { readonly kind: 'refresh' }
  | null;

/** A server of the rendezvous vectors; `seed` belongs to its name. */
export interface RendezvousServer {
  readonly name: string;
  readonly weight: number;
  readonly seed: number;
}

/** A key, its hash, and the server that has it with equal weights and with `weights2`. */
export interface RendezvousKey {
  readonly key: string;
  readonly hash: number;
  readonly server: string;
  readonly serverWeights2: string;
}

/** The recorded facts about clusters, sentinels and several servers. */
export interface ClusterVectors {
  /** The server that was recorded. */
  readonly server: string;
  readonly scenarios: readonly ClusterScenario[];
  /** Key → slot. */
  readonly slots: readonly (readonly [key: RecordedKey, slot: number])[];
  readonly redirects: {
    /** The address of the node that said these texts. */
    readonly from: string;
    readonly cases: readonly (readonly [text: string, meaning: RecordedRedirect])[];
  };
  /** Command in lower case, subcommands as `client|info` → request and response policy, and its other tips. */
  readonly policies: Readonly<
    Record<string, readonly [request: string | null, response: string | null, tips: readonly string[]]>
  >;
  readonly rendezvous: {
    readonly servers: readonly RendezvousServer[];
    readonly weights2: readonly number[];
    readonly keys: readonly RendezvousKey[];
  };
}

interface RawStep {
  readonly conn?: string;
  readonly node?: string;
  readonly admin?: string;
  readonly args?: readonly string[] | null;
  readonly pipeline?: readonly (readonly string[])[];
  readonly resp2Hex?: string;
  /** `=`: the same bytes as in RESP2. */
  readonly resp3Hex?: string;
  readonly replies?: number;
  readonly closed?: boolean;
  readonly volatile?: boolean;
  readonly delayMs?: number;
  readonly note?: string;
}

type RawScenario = Omit<ClusterScenario, 'steps' | 'protocols'> & {
  readonly protocols?: readonly (2 | 3)[];
  readonly steps: readonly RawStep[];
};

type RawVectors = Omit<ClusterVectors, 'scenarios'> & { readonly scenarios: readonly RawScenario[] };

const FILE = new URL('../../../redis/test/vectors/cluster.vectors.json', import.meta.url);

/** Reads the recorded facts. */
export function loadClusterVectors(): ClusterVectors {
  const vectors = loadVectors<RawVectors>(FILE);
  return { ...vectors, scenarios: vectors.scenarios.map(scenario) };
}

/** The key's bytes, or its text. */
export function recordedKey(key: RecordedKey): string | Uint8Array {
  return typeof key === 'string' ? key : fromHex(key.hex);
}

/**
 * The same scenario with other nodes: their ports and ids stand in all commands and bytes in the place of the recorded
 * ones. Lengths in the bytes stay true, so ports need five digits and ids 40 characters, as in the recording.
 */
export function withNodes(scenario: ClusterScenario, nodes: Readonly<Record<string, RecordedNode>>): ClusterScenario {
  const renamed = renaming(scenario.nodes, nodes);
  const steps = scenario.steps.map((step) => renamedStep(step, renamed));
  return { ...scenario, nodes: { ...scenario.nodes, ...nodes }, steps };
}

function renamedStep(step: ClusterStep, renamed: (text: string) => string): ClusterStep {
  if (step.kind === 'wait') return step;
  const commands = step.commands.map((command) => command.map(renamed));
  if (step.kind === 'admin') return { ...step, commands };
  const inBytes = (bytes: Uint8Array | undefined): Uint8Array | undefined =>
    bytes && new Uint8Array(Buffer.from(renamed(Buffer.from(bytes).toString('latin1')), 'latin1'));
  return { ...step, commands, resp2: inBytes(step.resp2), resp3: inBytes(step.resp3) };
}

/** All at once, since the new names may be old names of other nodes. */
function renaming(
  from: Readonly<Record<string, RecordedNode>>,
  to: Readonly<Record<string, RecordedNode>>,
): (text: string) => string {
  const names = new Map<string, string>();
  for (const [name, { port, id }] of Object.entries(to)) {
    const old = from[name];
    if (old === undefined) throw new Error(`the recording has no node ${name}`);
    names.set(String(old.port), String(port));
    if (old.id !== undefined) names.set(old.id, id ?? old.id);
  }
  const pattern = new RegExp([...names.keys()].map((name) => `\\b${name}\\b`).join('|'), 'g');
  return (text) => text.replaceAll(pattern, (name) => names.get(name) as string);
}

function scenario(raw: RawScenario): ClusterScenario {
  const nodes = new Map<string, string>(); // connection → node: only its first step names it
  const steps = raw.steps.map((step): ClusterStep => {
    if (step.admin !== undefined) return { kind: 'admin', node: step.admin, commands: [step.args ?? []] };
    if (step.conn === undefined) return { kind: 'wait', milliseconds: step.delayMs ?? 0 };
    if (step.node !== undefined) nodes.set(step.conn, step.node);
    return exchange(step, step.conn, nodes.get(step.conn) as string);
  });
  return { ...raw, protocols: raw.protocols ?? [2, 3], steps };
}

function exchange(raw: RawStep, conn: string, node: string): Exchange {
  const { args, pipeline, resp2Hex, resp3Hex, closed = false, volatile = false, note } = raw;
  return {
    kind: 'exchange',
    ...{ conn, node, closed, volatile, note },
    commands: pipeline ?? (args ? [args] : []),
    resp2: bytes(resp2Hex),
    resp3: bytes(resp3Hex === '=' ? resp2Hex : resp3Hex),
    replies: raw.replies ?? 1,
  };
}

function bytes(hex: string | undefined): Uint8Array | undefined {
  return hex === undefined ? undefined : fromHex(hex);
}
