import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Embedded, type SsdbSettings, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';

interface Step {
  conn?: string;
  command?: string;
  requestHex: string;
  replyHex: string;
  batch?: number;
  chunks?: number;
  closed?: boolean;
  endsConnection?: boolean;
  noReply?: boolean;
  volatile?: boolean;
  waitMs?: number;
}

interface Scenario {
  name: string;
  config?: { auth?: string[]; readonly?: boolean };
  steps: Step[];
}

const file = new URL('./vectors/ssdb.vectors.json', import.meta.url);
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as Scenario[];
let embedded: Embedded | undefined;

afterEach(() => embedded?.close());

describe.each(['in memory', 'on a TCP port'])('recorded replies of SSDB, %s', (where) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, { config, steps }) => {
    const settings: SsdbSettings = { passwords: config?.auth, readonly: config?.readonly };
    const ssdb = where === 'in memory' ? settings : { ...settings, port: 0 };
    embedded = await startEmbedded({ frozenAt: 1_700_000_000_000, ssdb });
    await replay({ servers: embedded, lines: new Map() }, steps);
  });
});

interface Run {
  readonly servers: Embedded;
  readonly lines: Map<string, RawClient>;
}

async function replay(run: Run, steps: Step[]): Promise<void> {
  for (let from = 0; from < steps.length; ) {
    const first = steps[from] as Step;
    let to = from + 1;
    while (first.batch !== undefined && steps[to]?.batch === first.batch) to += 1;
    await perform(run, steps.slice(from, to));
    from = to;
  }
  for (const line of run.lines.values()) {
    expect(line.peek().toString('latin1')).toBe('');
    line.destroy();
  }
}

/** Sends all requests of a batch, then reads all replies. */
async function perform(run: Run, batch: Step[]): Promise<void> {
  const first = batch[0] as Step;
  const line = await lineOf(run, first.conn ?? 'a');
  if (first.waitMs !== undefined) run.servers.advance(first.waitMs);
  const request = Buffer.concat(batch.map((step) => Buffer.from(step.requestHex, 'hex')));
  const pieces = first.chunks ?? request.length;
  for (let at = 0; at < request.length; at += pieces) {
    line.write(request.subarray(at, at + pieces));
    if (first.chunks !== undefined) await turns(1);
  }
  for (const step of batch) {
    if (step.noReply !== true) await compare(line, step);
    if (step.closed !== true && step.endsConnection !== true) continue;
    line.destroy();
    run.lines.delete(step.conn ?? 'a');
  }
}

async function compare(line: RawClient, step: Step): Promise<void> {
  const expected = Buffer.from(step.replyHex, 'hex').toString('latin1');
  if (step.volatile === true) {
    const got = await readPackets(line, packetsOf(expected).length);
    expect(got.map(shape)).toEqual(packetsOf(expected).map(shape));
    return;
  }
  const got = await (step.closed === true ? line.readToEnd() : line.read(expected.length));
  expect(got.toString('latin1')).toBe(expected);
}

async function lineOf({ servers, lines }: Run, name: string): Promise<RawClient> {
  const address = servers.ssdb?.address;
  if (address === undefined) throw new Error('not started');
  const line = lines.get(name) ?? (await RawClient.open(address));
  lines.set(name, line);
  return line;
}

/** Complete packets at the start of the text. */
function packetsOf(text: string): string[][] {
  const packets: string[][] = [];
  let blocks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const lf = text.indexOf('\n', at);
    if (lf < 0) break;
    if (lf === at) {
      packets.push(blocks);
      blocks = [];
      at += 1;
      continue;
    }
    const end = lf + 1 + Number(text.slice(at, lf));
    if (end >= text.length) break;
    blocks.push(text.slice(lf + 1, end));
    at = end + 1;
  }
  return packets;
}

async function readPackets(line: RawClient, count: number): Promise<string[][]> {
  const bytes = await line.take((got) => (packetsOf(got.toString('latin1')).length >= count ? got.length : undefined));
  return packetsOf(bytes.toString('latin1'));
}

/** What does not change from run to run: the status, how many blocks, and the names among them. */
function shape(packet: string[]): unknown[] {
  const names = packet.filter((block) => /^[a-z][a-z_.-]+$/.test(block) && !block.startsWith('cmd.'));
  return [packet.length, names];
}
