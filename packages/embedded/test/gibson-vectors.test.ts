import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Embedded, type GibsonLimits, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';

interface Step {
  conn?: string;
  command: string;
  args: unknown[];
  requestHex: string;
  replyHex: string;
  decoded?: { closed?: boolean; rows?: { key: string }[] };
  splitAt?: number[];
  halfClose?: boolean;
  volatile?: string[];
}

interface Scenario {
  name: string;
  note: string;
  config?: Record<string, string>;
  steps: Step[];
}

const file = new URL('./vectors/gibson.vectors.json', import.meta.url);
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as Scenario[];

const HEADER = 7;
let embedded: Embedded | undefined;

afterEach(() => embedded?.close());

describe.each(['in memory', 'on a TCP port'])('recorded replies of Gibson, %s', (where) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const limits = limitsOf(scenario.config ?? {});
    embedded = await startEmbedded({
      frozenAt: 1_700_000_000_000,
      gibson: where === 'in memory' ? { limits } : { limits, port: 0 },
    });
    await replay(embedded, scenario.steps);
  });
});

async function replay(servers: Embedded, steps: Step[]): Promise<void> {
  const address = servers.gibson?.address;
  if (address === undefined) throw new Error('not started');
  const lines = new Map([['a', await RawClient.open(address)]]);
  for (const step of steps) {
    const label = step.conn ?? 'a';
    const line = lines.get(label) ?? (await RawClient.open(address));
    lines.set(label, line);
    if (step.command === 'SLEEP') servers.advance(Number(step.args[0]));
    else await perform(line, step);
  }
  for (const line of lines.values()) {
    expect(line.peek().toString('hex')).toBe('');
    line.destroy();
  }
}

async function perform(line: RawClient, step: Step): Promise<void> {
  await send(line, step);
  const expected = Buffer.from(step.replyHex, 'hex');
  const closes = step.decoded?.closed === true;
  const got = await (closes
    ? line.readToEnd()
    : step.volatile === undefined
      ? line.read(expected.length)
      : frame(line));
  if (step.volatile === undefined) expect(got.toString('hex')).toBe(step.replyHex);
  else expect(shape(got)).toEqual(shape(expected));
  if (closes) expect(line.closed).toBe(true);
}

async function send(line: RawClient, step: Step): Promise<void> {
  const request = Buffer.from(step.requestHex, 'hex');
  let from = 0;
  for (const to of [...(step.splitAt ?? []), request.length]) {
    line.write(request.subarray(from, to));
    from = to;
    if (step.splitAt !== undefined) await turns();
  }
  if (step.halfClose === true) line.end();
}

function frame(line: RawClient): Promise<Buffer> {
  return line.take((got) => {
    const size = got.length < HEADER ? undefined : HEADER + got.readUInt32LE(3);
    return size !== undefined && got.length >= size ? size : undefined;
  });
}

/** What does not change from run to run: code, encoding, and of a list the keys and encodings. */
function shape(reply: Buffer): unknown[] {
  const found: unknown[] = [reply.readUInt16LE(0), reply[2]];
  if (reply.readUInt16LE(0) !== 7) return found;
  for (let at = HEADER + 4; at < reply.length; ) {
    const keyEnd = at + 4 + reply.readUInt32LE(at);
    found.push([reply.toString('latin1', at + 4, keyEnd), reply[keyEnd]]);
    at = keyEnd + 5 + reply.readUInt32LE(keyEnd + 1);
  }
  return found;
}

/** `max_key_size: '16'` as the configuration file has it → `maxKeySize: 16`. */
function limitsOf(config: Record<string, string>): Partial<GibsonLimits> {
  const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [camel(name), Number(value)]));
}
