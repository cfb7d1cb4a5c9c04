import type { GibsonConnection, Pair } from '@kv/gibson';
import { isKvError } from '@kv/gibson';
import { checkLimits, defaultServerLimits } from '../src/protocol/limits.ts';
import { rawCommand } from '../src/protocol/raw.ts';
import { described, type Exchange, type RecordedReply } from './recorded.ts';

/** A connection that gives bytes: the recording has values that are no text. */
export type Line = GibsonConnection<Uint8Array>;

/** How a step is said to the client, and what the recording promises for it. */
export interface Voice {
  say(line: Line, step: Exchange): Promise<unknown>;
  expected(step: Exchange): unknown;
}

const ERRORS: Readonly<Record<string, string>> = {
  ERR: 'MalformedRequestError',
  ERR_NAN: 'NotANumberError',
  ERR_MEM: 'MemoryLimitError',
  ERR_LOCKED: 'KeyLockedError',
};

/** Whether the client refuses to send the step. */
export function isRefused({ name, args }: Exchange): boolean {
  try {
    checkLimits(rawCommand(name, args), defaultServerLimits);
    return false;
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT') return true;
    throw error;
  }
}

/** Whether the client asks a second time by itself when it sees this reply. */
export function isAskedAgain({ name, decoded: { reply, count = 0, rows = [] } }: Exchange): boolean {
  if (name === 'INC' || name === 'DEC') return reply === 'ERR_NOT_FOUND';
  return name === 'MGET' && reply === 'KVAL' && rows.length < count;
}

/** What a promise comes to: its value, or the name of its error. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    if (isKvError(error)) return error.name;
    throw error;
  }
}

/** The error that a step must end with, if any. */
function expectedError({ name, args, decoded }: Exchange): string | undefined {
  if (decoded.closed === true) return 'ConnectionError';
  const refused = ERRORS[decoded.reply ?? ''];
  if (refused !== undefined || name !== 'SET') return refused;
  return sameData(decoded.value, args[2]) ? undefined : 'ValueCutError';
}

function sameData(recorded: unknown, sent: string | Uint8Array | undefined): boolean {
  return JSON.stringify(recorded) === JSON.stringify(described(Buffer.from(sent ?? '')));
}

/** By name, arguments in the order of the wire. */
export const raw: Voice = {
  say: async (line, { name, args }) => {
    const value = await outcome(line.execute(name, ...args));
    return Array.isArray(value) ? (value as Pair[]).map((pair) => pair.map(described)) : described(value);
  },
  expected: (step) => expectedError(step) ?? rawValue(step.decoded),
};

function rawValue({ reply, value, rows = [] }: RecordedReply): unknown {
  if (reply === 'OK') return 'OK';
  if (reply === 'ERR_NOT_FOUND') return null;
  return reply === 'KVAL' ? rows.map((row) => [row.key, row.value]) : value;
}

type Data = string | Uint8Array;

/** Through the typed methods. */
export const typed: Voice = {
  say: async (line, { name, args }) => {
    const value = await outcome(call(line, name, args));
    if (value instanceof Map) return [...value].map(([key, datum]) => [key, described(datum)]);
    if (Array.isArray(value)) return value.map(described);
    if (name === 'STATS' && typeof value === 'object') {
      return Object.entries(value as object).map(([key, datum]) => [key, described(datum)]);
    }
    return described(value);
  },
  expected: (step) => expectedError(step) ?? typedValue(step),
};

function call(line: Line, name: string, args: readonly Data[]): Promise<unknown> {
  const [first = '', second = '', third = ''] = args;
  if (name === 'SET') return line.set(second, third, { ttl: number(first) });
  if (name === 'MGET') return line.mget(first, args.length > 1 ? { limit: number(second) } : undefined);
  if (name === 'MSET') return line.mset(first, second);
  if (name === 'META') return meta(line, first, String(second));
  const method = line[name.toLowerCase() as 'ttl'] as (...given: readonly unknown[]) => Promise<unknown>;
  return method.call(line, ...args.map((arg, index) => (index === 1 ? number(arg) : arg)));
}

function meta(line: Line, key: Data, field: string): Promise<unknown> {
  const method = `meta${field.charAt(0).toUpperCase()}${field.slice(1)}` as 'metaSize';
  return Reflect.has(line, method) ? line[method](key) : line.execute('META', key, field);
}

/** What is no plain number in the recording has to be refused as it is. */
function number(arg: Data): number {
  return /^-?[1-9]\d*$|^0$/.test(String(arg)) ? Number(arg) : (arg as unknown as number);
}

const ABSENT: Readonly<Record<string, unknown>> = {
  GET: null,
  META: null,
  DEL: false,
  TTL: false,
  LOCK: false,
  UNLOCK: false,
  MGET: [],
  KEYS: [],
};

function typedValue({ name, decoded: { reply, value, rows = [] } }: Exchange): unknown {
  if (reply === 'OK') return name === 'PING' || name === 'END' ? 'OK' : true;
  if (reply === 'ERR_NOT_FOUND') return name in ABSENT ? ABSENT[name] : '0';
  if (name === 'KEYS') return rows.map((row) => row.value);
  if (reply === 'KVAL') return rows.map((row) => [row.key, row.value]);
  return name === 'SET' ? 'OK' : value;
}
