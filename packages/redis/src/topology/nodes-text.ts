/** What CLUSTER NODES and CLUSTER INFO say, both as text. */
import { text } from '../commands/support/replies.ts';
import { hostOf } from './host.ts';
import { malformed } from './malformed.ts';
import { SLOT_COUNT } from './slot.ts';

/** A slot that is being moved, as one of the two servers sees it. */
export interface OpenSlot {
  readonly slot: number;
  /** `migrating`: it leaves this server. `importing`: it comes to this server. */
  readonly state: 'migrating' | 'importing';
  /** Id of the other server. */
  readonly other: string;
}

/** One row of CLUSTER NODES. */
export interface NodeRow {
  readonly id: string;
  /** Undefined when the server does not know it: its own before it has met another, or one whose address it lost. */
  readonly host: string | undefined;
  /** 0 when it is not known. */
  readonly port: number;
  /** Host name, where the server has one. */
  readonly hostname?: string | undefined;
  readonly role: 'primary' | 'replica';
  /** Whether this is the server that was asked. Only its row has open slots. */
  readonly myself: boolean;
  /** `myself`, `master`, `slave`, `fail`, `fail?`, `handshake`, `noaddr`, `nofailover`, `noflags`. */
  readonly flags: ReadonlySet<string>;
  /** Id of the primary of a replica. */
  readonly primaryId?: string | undefined;
  /** Epoch in which the node got its slots. The higher one wins when two claim a slot. */
  readonly configEpoch: number;
  /** Whether the server that was asked has a connection to it. */
  readonly connected: boolean;
  /** First and last slot of each range. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  readonly open: readonly OpenSlot[];
}

const NODES = 'CLUSTER NODES';

/** Columns before the slots. */
const COLUMNS = 8;

/** Reads the reply of CLUSTER NODES. @throws ProtocolError when a row has another shape */
export function parseClusterNodes(reply: unknown): NodeRow[] {
  const rows = lines(NODES, reply).map(rowOf);
  if (rows.length === 0) throw malformed(NODES, 'expected at least one row');
  return rows;
}

function rowOf(line: string, i: number): NodeRow {
  const columns = line.split(' ');
  const [id = '', address = '', flagWords = '', primaryId = '', , , epoch = '', link = ''] = columns;
  const flags = new Set(flagWords.split(','));
  if (columns.length < COLUMNS || id === '' || !/^\d+$/.test(epoch)) throw malformed(NODES, `row ${i}`);
  return {
    id,
    ...addressOf(address, i),
    role: flags.has('slave') ? 'replica' : 'primary',
    myself: flags.has('myself'),
    flags,
    ...(primaryId === '-' ? {} : { primaryId }),
    configEpoch: Number(epoch),
    connected: link === 'connected',
    ...slotsOf(columns.slice(COLUMNS), i),
  };
}

/** `host:port@busport,hostname,field=value,…`: the host may be empty, IPv6 has no brackets. */
function addressOf(address: string, i: number): Pick<NodeRow, 'host' | 'port' | 'hostname'> {
  const [endpoint = '', name = ''] = address.split(',');
  const [, host = '', port = ''] = /^(.*):(\d{1,5})(?:@\d+)?$/.exec(endpoint) ?? [];
  if (port === '' || Number(port) > 65_535) throw malformed(NODES, `address in row ${i}`);
  const hostname = name.includes('=') ? undefined : hostOf(name);
  return { host: hostOf(host), port: Number(port), ...(hostname === undefined ? {} : { hostname }) };
}

/** `5`, `0-4`, `[7->-id]` for a slot that leaves, `[8-<-id]` for one that comes. */
function slotsOf(words: readonly string[], i: number): Pick<NodeRow, 'ranges' | 'open'> {
  const ranges: (readonly [number, number])[] = [];
  const open: OpenSlot[] = [];
  for (const word of words) {
    if (word === '') continue;
    if (word.startsWith('[')) open.push(openSlot(word, i));
    else ranges.push(slotRange(word, i));
  }
  return { ranges, open };
}

function slotRange(word: string, i: number): readonly [start: number, end: number] {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ?? [];
  return [slotNumber(first, i), slotNumber(last, i)];
}

function openSlot(word: string, i: number): OpenSlot {
  const [, slot, arrow, other = ''] = /^\[(\d{1,5})-([<>])-([^\]]+)\]$/.exec(word) ?? [];
  return { slot: slotNumber(slot, i), state: arrow === '>' ? 'migrating' : 'importing', other };
}

function slotNumber(digits: string | undefined, i: number): number {
  if (digits === undefined || Number(digits) >= SLOT_COUNT) throw malformed(NODES, `slots in row ${i}`);
  return Number(digits);
}

/** What of CLUSTER INFO tells views apart. */
export interface ClusterInfo {
  /** `fail`: no slot is served, unless the cluster was told that parts suffice. */
  readonly state: 'ok' | 'fail';
  /** Grows with every failover and change of an owner: a view with a lower epoch is older. */
  readonly epoch: number;
}

const INFO = 'CLUSTER INFO';

/** Reads the reply of CLUSTER INFO. @throws ProtocolError when state or epoch is not in it */
export function parseClusterInfo(reply: unknown): ClusterInfo {
  const fields = new Map(lines(INFO, reply).map(fieldOf));
  const state = fields.get('cluster_state');
  if (state !== 'ok' && state !== 'fail') throw malformed(INFO, 'cluster_state');
  return { state, epoch: counter(fields, 'cluster_current_epoch') };
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(colon, 0)), line.slice(colon + 1)];
}

function counter(fields: ReadonlyMap<string, string>, name: string): number {
  const digits = fields.get(name);
  if (digits === undefined || !/^\d+$/.test(digits)) throw malformed(INFO, name);
  return Number(digits);
}

function lines(command: string, reply: unknown): string[] {
  if (typeof reply !== 'string' && !(reply instanceof Uint8Array)) throw malformed(command, 'expected text');
  return text(reply)
    .split(/\r?\n/)
    .filter((line) => line !== '');
}
