/**
 * What `dump` and `sync140` stream: entries of the storage, one key space for all types.
 *
 *     plain key     k key
 *     hash field    h len name = field              hash size        H name
 *     zset score    s len name len member           zset size        Z name
 *     zset index    z len name -|= score(8, big endian) = member
 *     queue item    q len name sequence(8, big endian)               queue size   Q name
 *
 * `len` is one byte.
 */
import { ProtocolError } from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';

/**
 * One entry of {@link DumpEntry} or {@link SyncEntry}: which thing of which type its key means. In a queue, the
 * sequences 2 and 3 are no items: their values are the sequences of the first and the last item, 8 bytes, little endian.
 * `null` is a pop, which the log tells by the name of the queue alone.
 */
export type StorageKey =
  | { readonly type: 'kv'; readonly key: Uint8Array }
  | { readonly type: 'hash'; readonly name: Uint8Array; readonly field: Uint8Array }
  | { readonly type: 'zset'; readonly name: Uint8Array; readonly member: Uint8Array }
  | { readonly type: 'zsetIndex'; readonly name: Uint8Array; readonly score: bigint; readonly member: Uint8Array }
  | { readonly type: 'queue'; readonly name: Uint8Array; readonly sequence: bigint | null }
  | { readonly type: 'hashSize' | 'zsetSize' | 'queueSize'; readonly name: Uint8Array };

/** One entry of a dump. */
export interface DumpEntry {
  /** What the key means; `null` when it has a form that is not known. */
  readonly key: StorageKey | null;
  /** The key as it is stored: the bound for a dump that goes on after it. */
  readonly rawKey: Uint8Array;
  /** For sizes 8 bytes, little endian. */
  readonly value: Uint8Array;
}

/** What a change does; `begin` and `end` enclose the copy that comes before changes. */
export type SyncCommand =
  | 'none'
  | 'set'
  | 'del'
  | 'hset'
  | 'hdel'
  | 'zset'
  | 'zdel'
  | 'begin'
  | 'end'
  | 'qpush_back'
  | 'qpush_front'
  | 'qpop_back'
  | 'qpop_front'
  | 'qset';

/** One packet of `sync140`. */
export interface SyncEntry {
  /** Sequence number in the server's log: where to go on after a loss. */
  readonly sequence: bigint;
  /** `noop` is a sign of life (every 3 s or so), `sync` a change, `mirror` a change from a mirror, `copy` part of the copy. */
  readonly type: 'noop' | 'sync' | 'mirror' | 'copy' | 'control';
  readonly command: SyncCommand;
  /** What the key means; `null` without a key, and when it has a form that is not known. */
  readonly key: StorageKey | null;
  /**
   * The key as it is stored; for `qpop_front` and `qpop_back` the name of the queue, for `control` a word such as
   * `OUT_OF_SYNC`; empty for `noop`, `begin` and `end`.
   */
  readonly rawKey: Uint8Array;
  /** `null` when the packet has none. */
  readonly value: Uint8Array | null;
}

const TYPES: readonly SyncEntry['type'][] = ['noop', 'sync', 'mirror', 'copy', 'control'];

const COMMANDS: readonly (SyncCommand | undefined)[] = [
  'none',
  'set',
  'del',
  'hset',
  'hdel',
  'zset',
  'zdel',
  'begin',
  'end',
  undefined,
  'qpush_back',
  'qpush_front',
  'qpop_back',
  'qpop_front',
  'qset',
];

/** Sequence, type and command: what every packet of `sync140` begins with. */
const SYNC_HEAD = 10;

/**
 * Whether the first block of a packet (one character per byte) is a header of `sync140`. A status of text cannot be
 * taken for one: its ninth character would have to be a control character.
 */
export function isSyncFrame(status: string): boolean {
  return status.length >= SYNC_HEAD && status.charCodeAt(8) < TYPES.length;
}

/** A `set` packet of a dump. */
export function dumpEntry(raw: unknown): DumpEntry {
  const [rawKey, value] = (raw as Reply).body;
  if (!(rawKey instanceof Uint8Array) || !(value instanceof Uint8Array)) throw new ProtocolError('dump: bad entry');
  return { key: storageKey(rawKey), rawKey, value };
}

/** A packet of `sync140`. */
export function syncEntry(raw: unknown): SyncEntry {
  const { status, body } = raw as Reply;
  const head = Uint8Array.from(status, (character) => character.charCodeAt(0));
  const view = new DataView(head.buffer);
  const type = TYPES[head[8] ?? -1];
  const command = COMMANDS[head[9] ?? -1];
  if (type === undefined || command === undefined) throw new ProtocolError('sync140: bad packet');
  const rawKey = head.subarray(SYNC_HEAD);
  const [value = null] = body;
  return {
    sequence: view.getBigUint64(0, true),
    type,
    command,
    key: syncKey(type, command, rawKey),
    rawKey,
    value: value as Uint8Array | null,
  };
}

function syncKey(type: SyncEntry['type'], command: SyncCommand, rawKey: Uint8Array): StorageKey | null {
  if (type === 'control') return null;
  const isPop = command === 'qpop_front' || command === 'qpop_back';
  return isPop ? { type: 'queue', name: rawKey, sequence: null } : storageKey(rawKey);
}

/** What a key of the storage means; `null` when it has a form that is not known. */
export function storageKey(raw: Uint8Array): StorageKey | null {
  const name = raw.subarray(1);
  switch (raw[0]) {
    case 0x6b: // k
      return { type: 'kv', key: name };
    case 0x48: // H
      return { type: 'hashSize', name };
    case 0x5a: // Z
      return { type: 'zsetSize', name };
    case 0x51: // Q
      return { type: 'queueSize', name };
    default:
      return nestedKey(raw);
  }
}

function nestedKey(raw: Uint8Array): StorageKey | null {
  const end = 2 + (raw[1] ?? 0);
  if (raw.length < end + 1) return null;
  const name = raw.subarray(2, end);
  const rest = raw.subarray(end);
  switch (raw[0]) {
    case 0x68: // h: '=' field
      return { type: 'hash', name, field: rest.subarray(1) };
    case 0x73: // s: len member
      return { type: 'zset', name, member: rest.subarray(1) };
    case 0x7a: // z: '-' or '=', score, '=', member
      return rest.length < 10 ? null : { type: 'zsetIndex', name, score: signed(rest), member: rest.subarray(10) };
    case 0x71: // q: sequence
      return rest.length < 8 ? null : { type: 'queue', name, sequence: bigEndian(rest, 0) };
    default:
      return null;
  }
}

function bigEndian(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0);
}

/** Sign character, then the score in two's complement. */
function signed(rest: Uint8Array): bigint {
  return BigInt.asIntN(64, bigEndian(rest, 1));
}
