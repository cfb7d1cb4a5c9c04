/** First and last slot of a range. */
export type SlotRange = readonly [first: number, last: number];

/** A slot that is being moved, as the node at one of its ends tells it. */
export interface OpenSlot {
  readonly slot: number;
  readonly direction: 'importing' | 'migrating';
  /** Id of the node at the other end. */
  readonly peer: string;
}

/** One row of CLUSTER NODES. */
export interface ClusterRow {
  readonly id: string;
  readonly port: number;
  /** `myself`, `master`, `slave`, `fail?`, `fail`, `handshake`, … */
  readonly flags: readonly string[];
  /** Of a replica: the id of its primary. */
  readonly primaryId: string | undefined;
  readonly epoch: number;
  readonly slots: readonly SlotRange[];
  /** Only the own row of a node has them. */
  readonly open: readonly OpenSlot[];
}

/** Reads the text of CLUSTER NODES. */
export function clusterRows(text: string): ClusterRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(clusterRow);
}

/** The row of the node that was asked. */
export function ownRow(text: string): ClusterRow {
  const own = clusterRows(text).find(({ flags }) => flags.includes('myself'));
  if (own === undefined) throw new Error('CLUSTER NODES: the reply has no row of the node itself');
  return own;
}

/** Whether a slot is in one of the ranges. */
export function hasSlot(ranges: readonly SlotRange[], slot: number): boolean {
  return ranges.some(([first, last]) => first <= slot && slot <= last);
}

function clusterRow(line: string): ClusterRow {
  const [id = '', address = '', flags = '', primary = '-', , , epoch = '0', , ...slots] = line.split(' ');
  return {
    id,
    port: Number(/:(\d+)@/.exec(address)?.[1]),
    flags: flags.split(','),
    primaryId: primary === '-' ? undefined : primary,
    epoch: Number(epoch),
    slots: slots.filter((text) => !text.startsWith('[')).map(slotRange),
    open: slots.filter((text) => text.startsWith('[')).map(openSlot),
  };
}

function slotRange(text: string): SlotRange {
  const [first, last = first] = text.split('-').map(Number);
  return [first as number, last as number];
}

/** `[5061->-id]` leaves, `[5061-<-id]` comes. */
function openSlot(text: string): OpenSlot {
  const [, slot, arrow, peer = ''] = /^\[(\d+)-([<>])-(\w+)\]$/.exec(text) ?? [];
  return { slot: Number(slot), direction: arrow === '<' ? 'importing' : 'migrating', peer };
}
