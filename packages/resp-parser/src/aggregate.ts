import { ProtocolError } from './errors.ts';
import type { Reply } from './types.ts';
import { ARRAY, ATTRIBUTE, MAP } from './wire.ts';

/** What an aggregate that is not open holds. */
const NO_ITEMS: Reply[] = [];

/** Those that are not open, of all decoders. */
const unused: Aggregate[] = [];

/** More than these are not kept: as many as one reply may nest. */
const MOST_UNUSED = 128;

/**
 * An array, map, set, push or attribute whose elements are still arriving. Pairs lie flat, one behind the other. The
 * objects are used again, by whichever decoder opens the next one.
 */
export class Aggregate {
  type: number = ARRAY;
  /** Elements to come; for a streamed one how many are still allowed. */
  remaining = 0;
  streamed = false;
  items: Reply[] = NO_ITEMS;
  /** The one that it is an element of. */
  outer: Aggregate | undefined = undefined;
  /** How many elements there were when an attribute ended, because a value must follow it. */
  attributeAt = -1;
  /** Whether what is around it wanted bytes. */
  outerBytes = false;
  /** Whether what is around it wanted the shapes of RESP2. */
  outerFlat = false;
  /** What the reply took in memory when this began. */
  outerMemory = 0;

  /** One that is not used. */
  static take(): Aggregate {
    return unused.pop() ?? new Aggregate();
  }

  /** It is closed, and what it was is not needed any more. */
  giveBack(): void {
    this.outer = undefined;
    if (unused.length < MOST_UNUSED) unused.push(this);
  }

  /** Begins with no element. `items` grows as elements arrive, whatever the count promises. */
  open(type: number, outer: Aggregate | undefined, outerBytes: boolean, outerFlat: boolean, outerMemory: number): void {
    this.type = type;
    this.items = [];
    this.outer = outer;
    this.attributeAt = -1;
    this.outerBytes = outerBytes;
    this.outerFlat = outerFlat;
    this.outerMemory = outerMemory;
  }

  /** Says how many elements there will be, or at most when it is streamed; pairs count once. */
  expect(count: number, streamed: boolean): void {
    this.streamed = streamed;
    const allowed = streamed ? count + 1 : count;
    this.remaining = this.type === MAP || this.type === ATTRIBUTE ? allowed * 2 : allowed;
  }

  /** Ends a streamed one. @throws ProtocolError when it may not end here */
  end(): void {
    if (!this.streamed) throw new ProtocolError('An end belongs to nothing');
    if (this.attributeAt === this.items.length) throw new ProtocolError('An attribute has no value');
    if (this.type === MAP && this.items.length % 2 === 1) throw new ProtocolError('A map has a key without a value');
    this.streamed = false;
  }

  /** Takes the elements out. @throws ProtocolError when it is streamed and did not end, so exceeds what is allowed */
  close(): Reply[] {
    if (this.streamed) throw new ProtocolError('A streamed aggregate has too many elements');
    const items = this.items;
    this.items = NO_ITEMS;
    return items;
  }
}

/**
 * Pairs as a Map; of equal keys the last one wins. Flat, as they came, when texts of bytes that are no UTF-8 are equal:
 * the keys may differ, and none must hide another.
 */
export function toMapOrPairs(items: Reply[]): Map<Reply, Reply> | Reply[] {
  const map = toMap(items);
  return map.size * 2 !== items.length && hasMerged(items, 2) ? items : map;
}

/** The elements of a set. A list, as they came, when texts of bytes that are no UTF-8 are equal: none must hide another. */
export function toSetOrList(items: Reply[]): Set<Reply> | Reply[] {
  const set = new Set(items);
  return set.size !== items.length && hasMerged(items, 1) ? items : set;
}

/** Whether texts with replaced bytes are equal; every `step`-th item counts. */
function hasMerged(items: readonly Reply[], step: number): boolean {
  const seen = new Set<Reply>();
  return items.some((text, i) => {
    if (i % step !== 0 || typeof text !== 'string' || !text.includes('\ufffd')) return false;
    return seen.size === seen.add(text).size;
  });
}

/** Pairs as a Map; of equal keys the last one wins. */
export function toMap(items: readonly Reply[]): Map<Reply, Reply> {
  const map = new Map<Reply, Reply>();
  for (let i = 0; i < items.length; i += 2) map.set(items[i] as Reply, items[i + 1] as Reply);
  return map;
}
