import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeCommand, type Pair, type Reply, replyCodes } from '@kv/gibson-parser';

/** The shape of `vectors/gibson.vectors.json`: bytes recorded from a real 1.2.1 server. */
export type RecordedArgument = string | { readonly hex: string };
export interface RecordedReply {
  readonly reply?: keyof typeof replyCodes;
  readonly encoding?: 'plain' | 'number';
  readonly value?: unknown;
  readonly count?: number;
  readonly rows?: readonly { readonly key: unknown; readonly encoding: string; readonly value: unknown }[];
  readonly closed?: boolean;
}
export interface Step {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly requestHex: string;
  readonly replyHex: string;
  readonly decoded: RecordedReply | readonly RecordedReply[] | null;
}
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const file = new URL('./vectors/gibson.vectors.json', import.meta.url);
export const scenarios: readonly Scenario[] = JSON.parse(readFileSync(file, 'utf8')) as Scenario[];

export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export function argument(arg: RecordedArgument): string | Uint8Array {
  return typeof arg === 'string' ? arg : hex(arg.hex);
}

/** The bytes that the encoder makes of a recorded step; undefined where the step is no encoded command. */
export function encodeStep(step: Step): Uint8Array | undefined {
  if (step.command === 'PIPELINE') {
    const commands = step.args as readonly (readonly [string, ...RecordedArgument[]])[];
    return new Uint8Array(Buffer.concat(commands.map(([name, ...args]) => encodeOrRaw(name, args))));
  }
  if (['RAW', 'SLEEP', 'EXPECT_CLOSE'].includes(step.command)) return undefined;
  return encodeOrRaw(step.command, step.args as readonly RecordedArgument[]);
}

function encodeOrRaw(name: string, args: readonly RecordedArgument[]): Uint8Array {
  const plain = args.map(argument);
  return name === 'RAW' ? (plain[0] as Uint8Array) : encodeCommand(name, ...plain);
}

/** The replies of a step, without the mark that the server closed afterwards. */
export function repliesOf(step: Step): readonly RecordedReply[] {
  return [step.decoded ?? []].flat().filter((reply) => reply.reply !== undefined);
}

/** A reply read with `encoding: 'bytes'`, written the way the vectors write it. */
export function describeReply({ code, value, missing = 0 }: Reply): RecordedReply {
  const reply = Object.entries(replyCodes).find(([, known]) => known === code)?.[0] as keyof typeof replyCodes;
  if (code < replyCodes.VAL) return { reply };
  if (!Array.isArray(value)) return { reply, ...describeDatum(value) };
  const rows = (value as Pair[]).map(([key, datum]) => ({ key: describeDatum(key).value, ...describeDatum(datum) }));
  return { reply, count: rows.length + missing, rows };
}

function describeDatum(value: unknown): { encoding: 'plain' | 'number'; value: unknown } {
  if (!(value instanceof Uint8Array)) return { encoding: 'number', value: String(value) };
  return { encoding: 'plain', value: describeBytes(value) };
}

function describeBytes(value: Uint8Array): unknown {
  if (value.length > 256) return { length: value.length, sha256: createHash('sha256').update(value).digest('hex') };
  const text = Buffer.from(value).toString();
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : { hex: Buffer.from(value).toString('hex') };
}
