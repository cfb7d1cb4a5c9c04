import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { commandTable } from '../src/redis/command-table.ts';
import { RawClient } from './raw-client.ts';
import { endOfFrames, framesOf, request, unordered } from './resp-frames.ts';

type Arg = string | { readonly hex: string } | { readonly clientId: string };

interface Step {
  readonly args: readonly Arg[] | null;
  readonly conn?: string;
  readonly replies?: number | readonly [number, number];
  readonly delayMs?: number;
  readonly resp2Hex: string | null;
  readonly resp3Hex: string | null;
  readonly volatile?: boolean;
  readonly unordered?: boolean;
  readonly redacted?: boolean;
}

interface Scenario {
  readonly name: string;
  readonly protocols?: readonly number[];
  readonly before?: readonly (readonly string[])[];
  readonly steps: readonly Step[];
}

const file = new URL('./vectors/redis.vectors.json', import.meta.url);
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as Scenario[];
const clientIds = new WeakMap<RawClient, string>();
let embedded: Embedded | undefined;

afterEach(() => embedded?.close());

describe.each([2, 3])('recorded replies of Redis 7.0, RESP%d', (protocol) => {
  const covered = scenarios.filter(({ protocols }) => protocols?.includes(protocol) ?? true);
  test.each(covered.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    embedded = await startEmbedded({ redis: true });
    const run: Run = { servers: embedded, protocol, lines: new Map() };
    const admin = await open(run);
    for (const args of scenario.before ?? []) {
      admin.write(request(args));
      await frames(admin, 1);
    }
    for (const [index, step] of scenario.steps.entries()) {
      if (!needsMissing(step, scenario.steps[index - 1])) await perform(run, step);
    }
    for (const line of run.lines.values()) expect(line.peek().toString('latin1')).toBe('');
  });
});

interface Run {
  readonly servers: Embedded;
  readonly protocol: number;
  readonly lines: Map<string, RawClient>;
}

async function open({ servers }: Run): Promise<RawClient> {
  if (servers.redis === undefined) throw new Error('not started');
  return RawClient.open(servers.redis.address);
}

/** In the RESP3 run every connection has said HELLO 3, except those called raw…. */
async function lineOf(run: Run, name: string): Promise<RawClient> {
  const known = run.lines.get(name);
  if (known !== undefined) return known;
  const line = await open(run);
  run.lines.set(name, line);
  if (run.protocol === 3 && !name.startsWith('raw')) {
    line.write(request(['HELLO', '3']));
    await frames(line, 1);
  }
  if (!name.startsWith('raw')) {
    line.write(request(['CLIENT', 'ID']));
    clientIds.set(line, (await frames(line, 1)).slice(1).trim());
  }
  return line;
}

async function frames(line: RawClient, count: number): Promise<string> {
  return (await line.take((got) => endOfFrames(got.toString('latin1'), count))).toString('latin1');
}

async function perform(run: Run, step: Step): Promise<void> {
  const line = await lineOf(run, step.conn ?? 'main');
  if (step.delayMs !== undefined) run.servers.advance(step.delayMs);
  if (step.args !== null) line.write(request(await Promise.all(step.args.map((arg) => resolve(run, arg)))));
  const { replies = 1 } = step;
  const count = typeof replies === 'number' ? replies : replies[run.protocol - 2];
  if (step.args !== null && !isKnown(step.args)) {
    await expectRefusal(line);
    if (step.args[0] === 'XADD' && step.args.length > 1) await standIn(line, step.args[1] as string);
    return;
  }
  if (count === 0) await new Promise((done) => setImmediate(done));
  else compare(await frames(line, count ?? 1), step, run.protocol);
}

function compare(got: string, step: Step, protocol: number): void {
  const hex = protocol === 2 || step.resp3Hex === '=' ? step.resp2Hex : step.resp3Hex;
  if (hex === null) return;
  const expected = Buffer.from(hex, 'hex').toString('latin1');
  const types = (text: string): string[] => framesOf(text).map(({ type }) => type);
  if (step.redacted === true) expect(types(got)).toEqual(types(expected));
  else if (step.volatile === true) expect(types(got)).toEqual(types(expected));
  else if (step.unordered === true) expect(unordered(framesOf(got))).toEqual(unordered(framesOf(expected)));
  else expect(got).toBe(expected);
}

async function expectRefusal(line: RawClient): Promise<void> {
  expect(await frames(line, 1)).toMatch(/^-ERR (unknown (sub)?command|wrong number of arguments)/);
}

/** Where a stream is only one more key, a list takes its place. */
async function standIn(line: RawClient, key: string): Promise<void> {
  line.write(request(['RPUSH', key, '1']));
  await frames(line, 1);
}

/** Steps that make no sense without a command that this server leaves out. */
function needsMissing({ args }: Step, before: Step | undefined): boolean {
  if (args === null) return before?.args != null && !isKnown(before.args);
  return args.at(-1) === 'x' && ['TYPE', 'OBJECT'].includes(args[0] as string);
}

/** Commands that this server leaves out must be refused as unknown. */
function isKnown(args: readonly Arg[]): boolean {
  const [name = '', second] = args.map((arg) => (typeof arg === 'string' ? arg.toLowerCase() : ''));
  const isContainer = [...commandTable.keys()].some((known) => known.startsWith(`${name}|`));
  if (!isContainer || second === undefined) return commandTable.has(name);
  return commandTable.has(`${name}|${second}`);
}

async function resolve(run: Run, arg: Arg): Promise<string | Buffer> {
  if (typeof arg === 'string') return arg;
  if ('hex' in arg) return Buffer.from(arg.hex, 'hex');
  return clientIds.get(await lineOf(run, arg.clientId)) ?? '0';
}
