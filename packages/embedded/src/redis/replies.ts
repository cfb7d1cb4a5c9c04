import { formatDouble } from './numbers.ts';

/** What is written differently in the two protocol versions. Every function returns wire bytes, one per character. */
export interface Notation {
  readonly version: 2 | 3;
  readonly nil: string;
  /** A null where an array was expected. */
  readonly nilArray: string;
  double(value: number): string;
  /** Keys and values, alternating, already encoded. */
  map(items: readonly string[]): string;
  set(items: readonly string[]): string;
  /** Pairs, already encoded: flat in RESP2, an array each in RESP3. */
  pairs(items: readonly (readonly [string, string])[]): string;
  text(value: string): string;
  /** Something the client did not ask for. */
  push(items: readonly string[]): string;
}

export const OK = '+OK\r\n';
export const QUEUED = '+QUEUED\r\n';

export function status(text: string): string {
  return `+${text}\r\n`;
}

/** `text` begins with the error code. */
export function errorReply(text: string): string {
  return `-${text.replaceAll(/[\r\n]/g, ' ')}\r\n`;
}

export function integer(value: number | bigint): string {
  return `:${value}\r\n`;
}

/** True as 1, false as 0. */
export function flag(value: boolean): string {
  return value ? ':1\r\n' : ':0\r\n';
}

export function bulk(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

/** Items already encoded. */
export function array(items: readonly string[]): string {
  return `*${items.length}\r\n${items.join('')}`;
}

/** An array of bulk strings. */
export function bulks(values: Iterable<string>): string {
  return array(Array.from(values, bulk));
}

export const resp2: Notation = {
  version: 2,
  nil: '$-1\r\n',
  nilArray: '*-1\r\n',
  double: (value) => bulk(formatDouble(value)),
  map: array,
  set: array,
  pairs: (items) => array(items.flat()),
  text: bulk,
  push: array,
};

export const resp3: Notation = {
  version: 3,
  nil: '_\r\n',
  nilArray: '_\r\n',
  double: (value) => `,${formatDouble(value)}\r\n`,
  map: (items) => `%${items.length / 2}\r\n${items.join('')}`,
  set: (items) => `~${items.length}\r\n${items.join('')}`,
  pairs: (items) => array(items.map((pair) => array(pair))),
  text: (value) => `=${value.length + 4}\r\ntxt:${value}\r\n`,
  push: (items) => `>${items.length}\r\n${items.join('')}`,
};
