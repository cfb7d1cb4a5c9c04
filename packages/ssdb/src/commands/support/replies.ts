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

/** The blocks of an answer that found what it was asked for. */
function blocks(raw: unknown, command: AnyCommand): Block[] {
  const { status, body } = raw as Reply;
  if (status === 'ok') return body;
  throw unexpected('an answer to this command', command);
}

/** The only block of an answer. */
function only(raw: unknown, command: AnyCommand): Block {
  const [block, ...others] = blocks(raw, command);
  if (block === undefined || others.length > 0) throw unexpected('one block', command);
  return block;
}

/** The blocks of an answer in pairs. */
function pairs(raw: unknown, command: AnyCommand): (readonly [Block, Block])[] {
  const flat = blocks(raw, command);
  if (flat.length % 2 !== 0) throw unexpected('a list of pairs', command);
  const list: (readonly [Block, Block])[] = [];
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i] as Block, flat[i + 1] as Block]);
  return list;
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
  if (!/^-?\d+$/.test(digits)) throw unexpected('a whole number', command);
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : (BigInt(digits) as unknown as number);
}

/** Nothing but "done". */
export function nothing(raw: unknown, command: AnyCommand): void {
  blocks(raw, command);
}

/** The end of a stream of frames. */
export function streamEnd(raw: unknown, command: AnyCommand): void {
  if ((raw as Reply).status !== 'end') blocks(raw, command);
}

/** The wire value itself: status and blocks. */
export function wire(raw: unknown): Reply {
  return raw as Reply;
}

/** `1` or `0`. */
export function boolean(raw: unknown, command: AnyCommand): boolean {
  return yesOrNo(only(raw, command), command);
}

function yesOrNo(block: Block, command: AnyCommand): boolean {
  const value = blockInteger(block, command);
  if (value === 0 || value === 1) return value === 1;
  throw unexpected('0 or 1', command);
}

/** A whole number. */
export function count(raw: unknown, command: AnyCommand): number {
  return blockInteger(only(raw, command), command);
}

function isMissing(raw: unknown): boolean {
  return (raw as Reply).status === 'not_found';
}

/** A whole number, or `null` for `not_found`. */
export function countOrNull(raw: unknown, command: AnyCommand): number | null {
  return isMissing(raw) ? null : count(raw, command);
}

/** A bit. */
export function bit(raw: unknown, command: AnyCommand): 0 | 1 {
  return boolean(raw, command) ? 1 : 0;
}

/** Text of the server, also when bytes are asked for. */
export function text(raw: unknown, command: AnyCommand): string {
  return blockText(only(raw, command));
}

/** User data that is always there. */
export function value<V>(raw: unknown, command: AnyCommand): V {
  return only(raw, command) as V;
}

/** User data, or `null` for `not_found`. */
export function valueOrNull<V>(raw: unknown, command: AnyCommand): V | null {
  return isMissing(raw) ? null : value<V>(raw, command);
}

/** A list of user data. */
export function list<V>(raw: unknown, command: AnyCommand): V[] {
  return blocks(raw, command) as V[];
}

/** A list of texts of the server. */
export function texts(raw: unknown, command: AnyCommand): string[] {
  return blocks(raw, command).map(blockText);
}

function mapOf<T>(raw: unknown, convert: (block: Block) => T, command: AnyCommand): Map<string, T> {
  const map = new Map<string, T>();
  for (const [key, block] of pairs(raw, command)) {
    const name = blockText(key);
    if (map.has(name)) checkNotMerged(name);
    map.set(name, convert(block));
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
  return mapOf(raw, (block) => yesOrNo(block, command), command);
}

/** Members with their scores, in the server's order. */
export function scored<V>(raw: unknown, command: AnyCommand): Scored<V>[] {
  return pairs(raw, command).map(([member, score]) => ({ member: member as V, score: blockInteger(score, command) }));
}

/** A mean; of nothing (`nan`, `-nan`) it is `null`. */
export function average(raw: unknown, command: AnyCommand): number | null {
  const digits = text(raw, command);
  if (/^-?nan$/i.test(digits)) return null;
  const mean = Number(digits);
  if (digits === '' || Number.isNaN(mean)) throw unexpected('a number', command);
  return mean;
}

/** The server's name, then name and value, name and value, …. */
export function info(raw: unknown, command: AnyCommand): ServerInfo {
  const [server, ...flat] = texts(raw, command);
  if (server === undefined || flat.length % 2 !== 0) throw unexpected('the name of a server and pairs', command);
  const values = new Map<string, string>();
  const replication: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [name, content] = [flat[i] as string, flat[i + 1] as string];
    if (name === 'replication') replication.push(content);
    else values.set(name, content);
  }
  return { values, replication };
}

/** Start and end. */
export function keyRange(raw: unknown, command: AnyCommand): KeyRange {
  const [start, end, ...others] = texts(raw, command);
  if (start === undefined || end === undefined || others.length > 0) throw unexpected('a start and an end', command);
  return { start, end };
}
