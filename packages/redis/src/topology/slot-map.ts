/**
 * Which server owns which slots, as one server sees it. Nothing here changes: a newer view is a new map.
 *
 *     CLUSTER SLOTS ──▶ SlotMap { nodes, ranges } ──▶ SlotTable: slot → range → primary, replicas
 */
import { eachField, text } from '../commands/support/replies.ts';
import { type Endpoint, hostOf } from './host.ts';
import { malformed } from './malformed.ts';
import { SLOT_COUNT } from './slot.ts';

/** What a server does for its slots. */
export type NodeRole = 'primary' | 'replica';

/** One server of the cluster. */
export interface ClusterNode {
  /** The cluster's name for it, which outlives its address; `host:port` where a server tells none. */
  readonly id: string;
  /** Undefined when its address is unknown: it cannot be connected to. */
  readonly host: string | undefined;
  readonly port: number;
  readonly role: NodeRole;
  /** Host name, where the server has one and prefers another address. */
  readonly hostname?: string | undefined;
  /** Availability zone, as servers from Valkey 9.1 on tell it. */
  readonly zone?: string | undefined;
}

/** Consecutive slots of one owner. */
export interface SlotRange {
  readonly start: number;
  /** The last slot of the range. */
  readonly end: number;
  readonly primary: ClusterNode;
  readonly replicas: readonly ClusterNode[];
}

/** One server's view of the cluster. */
export interface SlotMap {
  /** Every server that is named in a range, once. */
  readonly nodes: readonly ClusterNode[];
  readonly ranges: readonly SlotRange[];
}

/** The range of every slot; undefined where a slot has no owner. */
export type SlotTable = readonly (SlotRange | undefined)[];

const NAME = 'CLUSTER SLOTS';

/** Nodes that were read already, by id: a server that has several ranges is one node. */
type Known = Map<string, ClusterNode>;

/**
 * Reads the reply of CLUSTER SLOTS, of RESP2 or RESP3. `asked` is the server that gave it: where it names no host, it
 * means the host that was asked.
 *
 * @throws ProtocolError when the reply has another shape
 */
export function parseClusterSlots(reply: unknown, asked: Pick<Endpoint, 'host'>): SlotMap {
  if (!Array.isArray(reply)) throw malformed(NAME, 'expected a list');
  const known: Known = new Map();
  const ranges = reply.map((entry, i) => rangeOf(entry, `entry ${i}`, known, asked));
  return { nodes: [...known.values()], ranges };
}

function rangeOf(entry: unknown, where: string, known: Known, asked: Pick<Endpoint, 'host'>): SlotRange {
  if (!Array.isArray(entry) || entry.length < 3) throw malformed(NAME, `${where}: expected start, end and nodes`);
  const [start, end, first, ...others] = entry as unknown[];
  if (!isSlot(start) || !isSlot(end) || start > end) throw malformed(NAME, `${where}: expected a range of slots`);
  const primary = nodeOf(first, 'primary', where, known, asked);
  return { start, end, primary, replicas: others.map((node) => nodeOf(node, 'replica', where, known, asked)) };
}

function isSlot(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < SLOT_COUNT;
}

function nodeOf(raw: unknown, role: NodeRole, where: string, known: Known, asked: Pick<Endpoint, 'host'>): ClusterNode {
  if (!Array.isArray(raw) || raw.length < 2) throw malformed(NAME, `${where}: expected a node`);
  const [endpoint, port, name, more] = raw as unknown[];
  if (!isPort(port)) throw malformed(NAME, `${where}: expected a port`);
  const metadata = metadataOf(more, where);
  const host = port === 0 ? undefined : hostNamed(endpoint, metadata, where, asked);
  const id = isText(name) ? text(name) : `${host}:${port}`;
  const node = known.get(id) ?? { id, host, port, role, ...extras(metadata) };
  known.set(id, node);
  return node;
}

/** Null and empty: the host that was asked. `?`: the server has no host name yet, so its IP address if it tells it. */
function hostNamed(
  endpoint: unknown,
  metadata: ReadonlyMap<string, string>,
  where: string,
  asked: Pick<Endpoint, 'host'>,
): string | undefined {
  if (endpoint === null) return asked.host;
  if (!isText(endpoint)) throw malformed(NAME, `${where}: expected the host of a node`);
  const named = text(endpoint);
  if (named === '') return asked.host;
  if (named === '?') return hostOf(metadata.get('ip') ?? '');
  const host = hostOf(named);
  if (host === undefined) throw malformed(NAME, `${where}: expected the host of a node`);
  return host;
}

function extras(metadata: ReadonlyMap<string, string>): Pick<ClusterNode, 'hostname' | 'zone'> {
  const hostname = hostOf(metadata.get('hostname') ?? '');
  const zone = metadata.get('availability-zone') || undefined;
  return { ...(hostname === undefined ? {} : { hostname }), ...(zone === undefined ? {} : { zone }) };
}

/** A map of RESP3 or the flat list of RESP2; servers before 7.0 have none. */
function metadataOf(raw: unknown, where: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (raw === undefined || raw === null) return fields;
  if (!(raw instanceof Map) && !Array.isArray(raw)) throw malformed(NAME, `${where}: expected the metadata of a node`);
  eachField(raw, (name, value) => {
    if (isText(value)) fields.set(name, text(value));
  });
  return fields;
}

function isText(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536;
}

/** The map by slot, for one look-up per call. */
export function slotTable(map: SlotMap): (SlotRange | undefined)[] {
  const table: (SlotRange | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  for (const range of map.ranges) table.fill(range, range.start, range.end + 1);
  return table;
}

/** The slots that have another owner, or none any more. */
export function changedSlots(before: SlotTable, after: SlotTable): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const [old, now] = [before[slot], after[slot]];
    if (old !== now && old?.primary.id !== now?.primary.id) slots.push(slot);
  }
  return slots;
}

/**
 * Which nodes are new and which are gone. A node with another address or another role is both: it needs another
 * connection.
 */
export function changedNodes(
  before: SlotMap,
  after: SlotMap,
): { readonly joined: readonly ClusterNode[]; readonly left: readonly ClusterNode[] } {
  const [old, now] = [identities(before), identities(after)];
  return {
    joined: after.nodes.filter((node) => !old.has(identity(node))),
    left: before.nodes.filter((node) => !now.has(identity(node))),
  };
}

function identities({ nodes }: SlotMap): ReadonlySet<string> {
  return new Set(nodes.map(identity));
}

function identity({ id, role, host, port }: ClusterNode): string {
  return `${id} ${role} ${host} ${port}`;
}
