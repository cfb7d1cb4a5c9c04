/**
 * Plays recorded replies of the real servers through typed commands: the arguments of the call must be those that were
 * sent, and its result the same in RESP2, in RESP3 and from every server.
 */
import { type AnyCommand, Flag, keyPositions } from '@kv/core';
import { ErrorReply, ProtocolError, Reader, type Reply } from '@kv/resp-parser';
import { fromHex, loadVectors } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { knownSpec } from '../src/protocol/command-table.ts';

/** An argument as recorded. */
type RecordedArg = string | { readonly hex: string } | { readonly clientId: string } | { readonly nodeId: string };

interface Frames {
  readonly resp2Hex?: string | null;
  /** `=`: the same bytes as in RESP2. */
  readonly resp3Hex?: string | null;
}

interface Step extends Frames {
  /** `null`: nothing is sent, only read. */
  readonly args: readonly RecordedArg[] | null;
  readonly conn?: string;
  /** Frames of this step; 0 = the reply comes in a later step. */
  readonly replies?: number | readonly [number, number];
  readonly differs?: Readonly<Record<string, Frames>>;
}

interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A call, and what it resolves to; per server where they differ. */
export type Case = readonly [
  command: AnyCommand,
  expected: unknown,
  differs?: Readonly<Record<string, unknown>> | undefined,
];

/** A reply that was recorded, with the call that caused it. */
export interface RecordedReply {
  readonly scenario: string;
  readonly args: readonly RecordedArg[];
  /** Server → its frames as hexadecimal text. `''` is the server of the recording. */
  readonly frames: ReadonlyMap<string, readonly [resp2: string | undefined, resp3: string | undefined]>;
}

const scenarios: readonly Scenario[] = loadVectors(new URL('./vectors/replies.vectors.json', import.meta.url));

function framesOf(step: Step): RecordedReply['frames'] {
  const frames = new Map<string, [string | undefined, string | undefined]>();
  for (const [server, { resp2Hex, resp3Hex }] of [['', step], ...Object.entries(step.differs ?? {})] as const) {
    const resp2 = resp2Hex || undefined;
    frames.set(server, [resp2, (resp3Hex === '=' ? resp2 : resp3Hex) || undefined]);
  }
  return frames;
}

/** Whether the bytes are a reply of the command itself: no error, and not the `+QUEUED` of a transaction. */
function isAnswer(hex: string | undefined): boolean {
  return hex !== undefined && !hex.startsWith('2d') && !hex.startsWith('2b515545554544');
}

function isName(step: readonly RecordedArg[], names: ReadonlySet<string>): boolean {
  const [first, second] = step.map((arg) => (typeof arg === 'string' ? arg.toUpperCase() : ''));
  return names.has(first as string) || names.has(`${first} ${second}`);
}

/** The recorded replies of some commands, scenario by scenario, without error replies. */
export function recordedReplies(names: ReadonlySet<string>): Map<string, RecordedReply[]> {
  const found = new Map<string, RecordedReply[]>();
  for (const { name, steps } of scenarios) {
    const pending = new Map<string, readonly RecordedArg[]>();
    for (const step of steps) {
      const connection = step.conn ?? '';
      const args = step.args ?? pending.get(connection);
      if (step.args !== null && step.replies === 0) pending.set(connection, step.args);
      else if (step.args === null) pending.delete(connection);
      if (args === undefined || !isName(args, names)) continue;
      const frames = framesOf(step);
      const answers = [...frames].filter(([, both]) => both.some(isAnswer));
      if (answers.length === 0) continue;
      found.set(name, [...(found.get(name) ?? []), { scenario: name, args, frames: new Map(answers) }]);
    }
  }
  return found;
}

/** The first reply in some bytes, or the error of the parser: a script can make the server send what is not RESP. */
function decoded(hex: string, bytes: boolean): Reply | ProtocolError {
  try {
    const [reply] = new Reader({ encoding: bytes ? 'bytes' : 'utf8' }).parse(fromHex(hex));
    return reply as Reply;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** The same number may be written in several ways (`3.0`, `+inf`): those count as equal. */
function sameNumber(text: string): object {
  const number = Number(text.replace(/inf$/, 'Infinity'));
  const asymmetricMatch = (other: unknown): boolean => Number(String(other).replace(/inf$/, 'Infinity')) === number;
  return { asymmetricMatch };
}

function wireOf({ spec, args }: AnyCommand): unknown[] {
  return [...spec.name.split(' '), ...args].map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg)));
}

/** What GEORADIUS tells about places may be asked for in any order; the typed commands have theirs. */
function inOwnOrder(args: readonly RecordedArg[]): readonly RecordedArg[] {
  const own = ['WITHCOORD', 'WITHDIST', 'WITHHASH'];
  const asked = own.filter((word) => args.includes(word));
  return args.map((arg) => (own.includes(arg as string) ? (asked.shift() as string) : arg));
}

/** Keywords count as equal when `sent` has them in upper case, which is how the typed commands write them. */
function recordedWire(recorded: readonly RecordedArg[], sent: readonly unknown[]): unknown[] {
  const args = inOwnOrder(recorded);
  return args.map((arg, i) => {
    if (typeof arg === 'string' && sent[i] === arg.toUpperCase()) return sent[i];
    if (typeof arg === 'string') return /^[+-]?(inf|\d+\.?\d*(e[+-]?\d+)?)$/.test(arg) ? sameNumber(arg) : arg;
    return 'hex' in arg ? Buffer.from(fromHex(arg.hex)) : expect.any(String);
  });
}

/** What only scripts may have: a value per protocol, because what they return is not transformed. */
class PerProtocol {
  readonly values: readonly [resp2: unknown, resp3: unknown];

  constructor(resp2: unknown, resp3: unknown) {
    this.values = [resp2, resp3];
  }
}

/** Another value in RESP3 than in RESP2. */
export function perProtocol(resp2: unknown, resp3: unknown): object {
  return new PerProtocol(resp2, resp3);
}

/** What a typed command makes of the bytes of a reply. */
export function resultOf(command: AnyCommand, hex: string, wantBytes: boolean = command.bytes): unknown {
  const reply = decoded(hex, wantBytes);
  if (reply instanceof ErrorReply) throw new Error(`an error reply: ${reply.message}`);
  return command.reply(reply, command);
}

/** The same value with all bytes as text. */
function withText(value: unknown): unknown {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(withText);
  if (value instanceof Set) return new Set([...value].map(withText));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [withText(key), withText(item)]));
  if (typeof value !== 'object' || value === null) return value;
  const copy: object = Object.create(Object.getPrototypeOf(value));
  return Object.assign(copy, Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withText(item)])));
}

/** The typed command must know the same keys as the servers' own lists, and be kept off the same lines. */
function checkSpec({ spec, args, flags }: AnyCommand): void {
  const listed = knownSpec(spec.name);
  if (listed === undefined) throw new Error(`${spec.name} is in no server's list`);
  expect(keyPositions(spec.keys, args), `keys of ${spec.name}`).toEqual(keyPositions(listed.keys, args));
  const kept = Flag.stateful | Flag.subscription | Flag.stream | Flag.forbidden | Flag.quit;
  expect(flags & kept, `flags of ${spec.name}`).toBe(listed.flags & kept);
}

/** Checks one call against one recorded reply. */
export function checkReply(recorded: RecordedReply, [command, expected, differs]: Case): void {
  checkSpec(command);
  const wire = wireOf(command);
  expect(wire).toEqual(recordedWire(recorded.args, wire));
  for (const [server, both] of recorded.frames) {
    for (const [i, hex] of both.entries()) {
      if (!isAnswer(hex)) continue;
      const wanted = differs !== undefined && Object.hasOwn(differs, server) ? differs[server] : expected;
      const result = resultOf(command, hex as string);
      const value = wanted instanceof PerProtocol ? wanted.values[i] : wanted;
      expect(result, `RESP${i + 2} ${server}`).toStrictEqual(value);
      const inBytes = resultOf(command, hex as string, true);
      expect(withText(inBytes), `RESP${i + 2} ${server} as bytes`).toStrictEqual(withText(result));
    }
  }
}

/** Matches the same elements in any order, for replies whose order says nothing. */
export function inAnyOrder(...elements: readonly unknown[]): object {
  const asymmetricMatch = (other: unknown): boolean =>
    Array.isArray(other) && other.length === elements.length && elements.every((one) => other.includes(one));
  return { asymmetricMatch };
}

/** An object without prototype. */
export function plainRecord<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.assign(Object.create(null), fields) as Record<string, T>;
}

/** Bytes of hexadecimal text. */
export function bytes(hex: string): Uint8Array {
  return fromHex(hex);
}

/**
 * One test per scenario: `cases` must hold a call for each recorded reply of these commands, in the order of the
 * recording, so that no reply goes unnoticed.
 */
export function describeRecorded(
  theme: string,
  commands: ReadonlySet<string>,
  cases: Readonly<Record<string, readonly Case[]>>,
): void {
  describe(`recorded replies: ${theme}`, () => {
    const recorded = recordedReplies(commands);
    test('every scenario with these commands is listed', () => {
      expect(Object.keys(cases).sort()).toEqual([...recorded.keys()].sort());
    });
    test.each(Object.entries(cases))('%s', (scenario, calls) => {
      const replies = recorded.get(scenario) ?? [];
      expect(calls).toHaveLength(replies.length);
      for (const [i, one] of calls.entries()) checkReply(replies[i] as RecordedReply, one);
    });
  });
}
