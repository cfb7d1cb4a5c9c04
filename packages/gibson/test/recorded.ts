import { createHash } from 'node:crypto';
import { fromHex, loadVectors } from '@kv/testkit';

/** One recorded argument, request or reply value. */
export type RecordedArgument = string | { readonly hex: string };

/** What the recording says about one reply. */
export interface RecordedReply {
  readonly reply?: 'ERR' | 'ERR_NOT_FOUND' | 'ERR_NAN' | 'ERR_MEM' | 'ERR_LOCKED' | 'OK' | 'VAL' | 'KVAL';
  readonly encoding?: 'plain' | 'number';
  readonly value?: unknown;
  readonly count?: number;
  readonly rows?: readonly { readonly key: unknown; readonly encoding: string; readonly value: unknown }[];
  readonly closed?: boolean;
}

interface RecordedStep {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly requestHex: string;
  readonly replyHex: string;
  readonly decoded: RecordedReply | readonly RecordedReply[] | null;
  readonly conn?: string;
  readonly rawPayload?: boolean;
  readonly halfClose?: boolean;
  readonly volatile?: readonly string[];
}

/** One request and its reply, whether it was recorded alone or in a batch. */
export interface Exchange {
  readonly conn: string;
  readonly name: string;
  readonly args: readonly (string | Uint8Array)[];
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
  readonly decoded: RecordedReply;
  /** Cannot be said with a client: bytes by hand, or a payload that is no list of arguments. */
  readonly byHand: boolean;
  readonly isVolatile: boolean;
}

export interface Scenario {
  readonly name: string;
  /** Settings of the server that differ from the packaged ones. */
  readonly config?: Readonly<Record<string, string>>;
  readonly steps: readonly (Exchange | { readonly sleep: number })[];
}

interface RecordedScenario extends Omit<Scenario, 'steps'> {
  readonly steps: readonly RecordedStep[];
}

/** The recording, batches taken apart; closes that nothing was sent for are left out. */
export const scenarios: readonly Scenario[] = loadVectors<RecordedScenario[]>(
  new URL('./vectors/gibson.vectors.json', import.meta.url),
).map((scenario) => ({ ...scenario, steps: scenario.steps.flatMap(stepsOf) }));

function stepsOf(step: RecordedStep): (Exchange | { sleep: number })[] {
  if (step.command === 'EXPECT_CLOSE') return [];
  if (step.command === 'SLEEP') return [{ sleep: Number(step.args[0]) }];
  const requests = cut(fromHex(step.requestHex), (view, at) => 4 + view.readUInt32LE(at));
  const replies = cut(fromHex(step.replyHex), (view, at) => 7 + view.readUInt32LE(at + 3));
  const decoded = [step.decoded ?? []].flat();
  if (step.command !== 'PIPELINE') {
    const byHand = step.command === 'RAW' || step.rawPayload === true || step.halfClose === true;
    const request = fromHex(step.requestHex);
    return [exchange(step, step.command, step.args, request, replies[0], decoded[0], byHand)];
  }
  return (step.args as [string, ...unknown[]][]).map(([name, ...args], index) =>
    exchange(step, name, args, requests[index], replies[index], decoded[index], name === 'RAW'),
  );
}

function exchange(
  step: RecordedStep,
  name: string,
  args: readonly unknown[],
  request: Uint8Array = new Uint8Array(0),
  reply: Uint8Array = new Uint8Array(0),
  decoded: RecordedReply = { closed: true },
  byHand = false,
): Exchange {
  const given = (args as RecordedArgument[]).map((arg) => (typeof arg === 'string' ? arg : fromHex(arg.hex)));
  const isVolatile = step.volatile !== undefined;
  return { conn: step.conn ?? 'a', name, args: given, request, reply, decoded, byHand, isVolatile };
}

function cut(bytes: Uint8Array, lengthAt: (view: Buffer, at: number) => number): Uint8Array[] {
  const view = Buffer.from(bytes);
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 6 <= view.length; ) {
    const length = lengthAt(view, at);
    parts.push(new Uint8Array(view.subarray(at, at + length)));
    at += length;
  }
  return parts;
}

/** Data written the way the recording writes it. */
export function described(data: unknown): unknown {
  if (typeof data === 'number' || typeof data === 'bigint') return String(data);
  if (!(data instanceof Uint8Array)) return data;
  if (data.length > 256) return { length: data.length, sha256: createHash('sha256').update(data).digest('hex') };
  const text = Buffer.from(data).toString();
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : { hex: Buffer.from(data).toString('hex') };
}
