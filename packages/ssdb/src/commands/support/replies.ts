/**
 * Wire values to user values, pure. Only answers come here (`ok` and `not_found`); refusals became errors before.
 * Blocks are text, or bytes when the caller asked for bytes; names, numbers and server texts are read from both.
 */
import { type AnyCommand, checkNotMerged, ProtocolError } from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';

type Block = string | Uint8Array;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A member of a sorted set. */
export interface Scored<V = string> {
  readonly member: V;
  /** Whole; a `bigint` at run time when it is beyond 2^53. */
  readonly score: number;
}

/** What `info` tells. */
export interface ServerInfo {
  /** Name to text in the server's order: `version`, `links`, `total_calls`, `dbsize`, …; with `cmd` also `cmd.get` and so on. */
  readonly values: Map<string, string>;
  /** One text per replication link; the only name that occurs more than once. */
  readonly replication: string[];
}

/** A range of keys, start excluded, end included; `''` = open. */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
}

function blocks(raw: unknown): Block[] {
  return (raw as Reply).body;
}

function unexpected(expected: string, command: AnyCommand | undefined): ProtocolError {
  const name = command?.spec.name;
  return new ProtocolError(`the answer is not ${expected}`, { command: name, outcome: 'unknown', attempts: 1 });
}

/** One block as text. */
export function blockText(block: Block | undefined): string {
  if (typeof block === 'string') return block;
  return block === undefined ? '' : decoder.decode(block);
}

/** One block as a whole number: `number`, or `bigint` when that would lose digits. */
export function blockInteger(block: Block | undefined, command?: AnyCommand): number {
  const digits = blockText(block);
  const value = Number(digits);
  if (Number.isSafeInteger(value) && digits !== '') return value;
  if (/^-?\d+$/.test(digits)) return BigInt(digits) as unknown as number;
  throw unexpected('a whole number', command);
}

/** Nothing but "done". */
export function nothing(_raw: unknown): void {}

/** The wire value itself: status and blocks. */
export function wire(raw: unknown): Reply {
  return raw as Reply;
}

/** `1` or `0`. */
export function boolean(raw: unknown, command: AnyCommand): boolean {
  return blockInteger(blocks(raw)[0], command) !== 0;
}

/** A whole number. */
export function count(raw: unknown, command: AnyCommand): number {
  return blockInteger(blocks(raw)[0], command);
}

/** A whole number, or `null` for `not_found`. */
export function countOrNull(raw: unknown, command: AnyCommand): number | null {
  return (raw as Reply).status === 'ok' ? count(raw, command) : null;
}

/** A bit. */
export function bit(raw: unknown, command: AnyCommand): 0 | 1 {
  return boolean(raw, command) ? 1 : 0;
}

/** Text of the server, also when bytes are asked for. */
export function text(raw: unknown): string {
  return blockText(blocks(raw)[0]);
}

/** User data that is always there. */
export function value<V>(raw: unknown): V {
  return (blocks(raw)[0] ?? '') as V;
}

/** User data, or `null` for `not_found`. */
export function valueOrNull<V>(raw: unknown): V | null {
  return (raw as Reply).status === 'ok' ? value<V>(raw) : null;
}

/** A list of user data. */
export function list<V>(raw: unknown): V[] {
  return blocks(raw) as V[];
}

/** A list of texts of the server. */
export function texts(raw: unknown): string[] {
  return blocks(raw).map(blockText);
}

function mapOf<T>(raw: unknown, convert: (block: Block) => T, command: AnyCommand): Map<string, T> {
  const flat = blocks(raw);
  if (flat.length % 2 !== 0) throw unexpected('a list of pairs', command);
  const map = new Map<string, T>();
  for (let i = 0; i < flat.length; i += 2) {
    const name = blockText(flat[i]);
    if (map.has(name)) checkNotMerged(name);
    map.set(name, convert(flat[i + 1] as Block));
  }
  return map;
}

/** Names to user data, in the server's order. */
export function map<V>(raw: unknown, command: AnyCommand): Map<string, V> {
  return mapOf(raw, (block) => block as V, command);
}

/** Names to whole numbers. */
export function counts(raw: unknown, command: AnyCommand): Map<string, number> {
  return mapOf(raw, (block) => blockInteger(block, command), command);
}

/** Names to yes or no. */
export function booleans(raw: unknown, command: AnyCommand): Map<string, boolean> {
  return mapOf(raw, (block) => blockInteger(block, command) !== 0, command);
}

/** Members with their scores, in the server's order. */
export function scored<V>(raw: unknown, command: AnyCommand): Scored<V>[] {
  const flat = blocks(raw);
  if (flat.length % 2 !== 0) throw unexpected('a list of pairs', command);
  const members: Scored<V>[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    members.push({ member: flat[i] as V, score: blockInteger(flat[i + 1], command) });
  }
  return members;
}

/** A mean; of nothing (`nan`, `-nan`) it is `null`. */
export function average(raw: unknown, command: AnyCommand): number | null {
  const digits = text(raw);
  if (/^-?nan$/i.test(digits)) return null;
  const mean = Number(digits);
  if (digits === '' || Number.isNaN(mean)) throw unexpected('a number', command);
  return mean;
}

/** The server's name, then name and value, name and value, …. */
export function info(raw: unknown): ServerInfo {
  const [, ...flat] = texts(raw);
  const values = new Map<string, string>();
  const replication: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name, content] = [flat[i] as string, flat[i + 1] as string];
    if (name === 'replication') replication.push(content);
    else values.set(name, content);
  }
  return { values, replication };
}

/** Start and end. */
export function keyRange(raw: unknown): KeyRange {
  const [start = '', end = ''] = texts(raw);
  return { start, end };
}
