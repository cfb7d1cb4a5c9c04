import { type CallOptions, Command, type Endpoint, type Engine, isKvError, read } from '@kv/core';
import { asIs } from '../commands/support/replies.ts';
import type { ClusterRouter } from './cluster-router.ts';
import { type NodeRow, parseClusterNodes } from './nodes-text.ts';

const NODES = new Command<unknown>(read('CLUSTER NODES', null), [], asIs);

/** Where the keys of a slot are. */
export interface SlotState {
  /** The primaries that may have keys of it, a source before its target: a key moves in this direction only. */
  readonly places: readonly Endpoint[];
  /** The same for two states only if nothing has moved in between. */
  readonly mark: string;
}

/** What the primaries say of their slots. */
export type SlotStates = ReadonlyMap<number, SlotState>;

/** A primary, and what it says of itself. */
interface Claim {
  readonly endpoint: Endpoint;
  readonly row: NodeRow;
}

/**
 * Asks every primary which slots it has and which of them are on their way. When one of them has been replaced
 * meanwhile, the new ones are asked.
 *
 * @throws what a primary answers that has not been replaced
 */
export async function slotStates(client: Engine, router: ClusterRouter, call: CallOptions): Promise<SlotStates> {
  for (;;) {
    const asked = [...router.slots.owners];
    try {
      const rows = await Promise.all(asked.map((endpoint) => rowsOf(client, endpoint, call)));
      return merged(router, asked, rows);
    } catch (error) {
      if (!isLoss(error) || asked.every((endpoint) => router.slots.owners.has(endpoint))) throw error;
    }
  }
}

/** Whether a call failed because its server is gone. */
export function isLoss(error: unknown): boolean {
  return isKvError(error) && error.code === 'CONNECTION';
}

async function rowsOf(client: Engine, endpoint: Endpoint, call: CallOptions): Promise<NodeRow[]> {
  return parseClusterNodes(await client.only(endpoint).send(NODES, call));
}

function merged(router: ClusterRouter, asked: readonly Endpoint[], rows: readonly (readonly NodeRow[])[]): SlotStates {
  const claims = asked.flatMap((endpoint, i) => {
    const row = rows[i]?.find(({ myself }) => myself);
    return row === undefined ? [] : [{ endpoint, row }];
  });
  // Of two that claim a slot, the one with the higher epoch has got it from the other.
  claims.sort((a, b) => a.row.configEpoch - b.row.configEpoch);
  const places = new Map<number, Claim[]>();
  for (const claim of claims)
    for (const [start, end] of claim.row.ranges) for (let slot = start; slot <= end; slot++) add(places, slot, claim);
  for (const { row } of claims)
    for (const { slot, state, other } of row.open) {
      const target = state === 'importing' ? row.id : other;
      const claim = claims.find((one) => one.row.id === target) ?? unknownClaim(router, rows.flat(), target);
      if (claim !== undefined) add(places, slot, claim);
    }
  return new Map([...places].map(([slot, found]) => [slot, stateOf(found)]));
}

function add(places: Map<number, Claim[]>, slot: number, claim: Claim): void {
  const found = places.get(slot);
  if (found === undefined) places.set(slot, [claim]);
  else if (!found.some(({ endpoint }) => endpoint === claim.endpoint)) found.push(claim);
}

/** A server that gets its first slot is no owner of any yet. */
function unknownClaim(router: ClusterRouter, rows: readonly NodeRow[], id: string): Claim | undefined {
  const row = rows.find((one) => one.id === id);
  if (row?.host === undefined) return undefined;
  return { endpoint: router.nodes.primaryAt({ host: row.host, port: row.port }), row };
}

function stateOf(claims: readonly Claim[]): SlotState {
  return {
    places: claims.map(({ endpoint }) => endpoint),
    mark: claims.map(({ row }) => `${row.id} ${row.configEpoch}`).join(','),
  };
}
