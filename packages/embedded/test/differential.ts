import { expect } from 'vitest';
import type { RawClient } from './raw-client.ts';
import { request } from './resp-frames.ts';

/** The same commands every time; to look for new differences, choose another seed and more runs. */
export const search: { readonly seed: number; readonly numRuns: number } = {
  seed: Number(process.env['KV_TEST_SEED'] ?? 7015),
  numRuns: Number(process.env['KV_TEST_RUNS'] ?? 300),
};

let marks = 0;

const INTEGER = /(?<=^|\n):(\d+)(?=\r\n)/g;

/** Whether it is a time to live or a point in time, as tests set them, in seconds. */
function isTime(value: number): boolean {
  return (value > 9_900 && value <= 20_000) || (value > 1_700_000_000 && value < 4_200_000_000);
}

/** What the embedded server said, with the times of the real one: the two do not answer at the same moment. */
export function atOnce(ours: string, theirs: string): string {
  const others = [...theirs.matchAll(INTEGER)].map(([, digits]) => Number(digits));
  let index = 0;
  return ours.replace(INTEGER, (text, digits: string) => {
    const other = others[index++];
    return other !== undefined && isTime(other) && Math.abs(Number(digits) - other) <= 60 ? `:${other}` : text;
  });
}

/** All replies to the commands, sent in one go. */
export async function replies(
  line: RawClient,
  commands: readonly (readonly string[])[],
  mark: string,
): Promise<string> {
  line.write(Buffer.concat([...commands, ['PING', mark]].map(request)));
  const end = `$${mark.length}\r\n${mark}\r\n`;
  const bytes = await line.take((got) => (got.toString('latin1').endsWith(end) ? got.length : undefined));
  return withoutIds(bytes.toString('latin1').replaceAll(mark, 'mark'));
}

/** The same of a server that is emptied before. */
async function fresh(line: RawClient, commands: readonly (readonly string[])[], mark: string): Promise<string> {
  const before = [['RESET'], ['FLUSHALL'], ['HELLO', '3'], ['PING', `start ${mark}`]];
  const text = await replies(line, [...before, ...commands, ['RESET']], mark);
  return text.slice(text.indexOf('start mark'));
}

/** HELLO tells the id of the connection. */
function withoutIds(text: string): string {
  return text.replaceAll(/(\$2\r\nid\r\n):[0-9]+/g, '$1:0');
}

/** A connection to the real server, and one to the embedded one. */
export interface Pair<L = RawClient> {
  readonly theirs: L;
  readonly ours: L;
}

/** The same commands to the real server and to the embedded one; `shown` takes away what differs from run to run. */
export async function compare(
  { theirs, ours }: Pair,
  commands: readonly (readonly string[])[],
  shown: (text: string) => string = (text) => text,
): Promise<void> {
  marks += 1;
  const mark = `mark-${String(marks).padStart(8, '0')}`;
  const [expected, got] = await Promise.all([fresh(theirs, commands, mark), fresh(ours, commands, mark)]);
  expect(shown(atOnce(got, expected))).toBe(shown(expected));
}
