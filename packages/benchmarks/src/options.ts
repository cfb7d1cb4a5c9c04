import { parseArgs } from 'node:util';
import type { ComparisonOptions } from './run/comparison.ts';

/** What the command line asks for. */
export interface BenchOptions extends ComparisonOptions {
  /** `redis`, `ssdb`, `gibson`, `tail` or `costs`, or `all` of them one after the other. */
  readonly suite: string;
  /** Names of workloads, with commas; all by default. */
  readonly only: string | undefined;
  /** Names of clients, with commas; all by default. */
  readonly clients: string | undefined;
  /** Folder of another checkout, built: its client is one more column. */
  readonly before: string | undefined;
  /** Build the packages first. */
  readonly build: boolean;
  /** Results go to results/NAME.{json,md,svg}; default: the suite's name. */
  readonly name: string | undefined;
}

/** What `--help` prints. */
export const usage = `npm run bench -- [options]
  --all            every suite, one after the other
  --suite name     redis (default), ssdb (server: KV_TEST_SSDB), gibson (server: KV_TEST_GIBSON), both also embedded;
                   tail (small calls beside large ones), costs (memory, start-up, compiler, installed size)
  --only a,b       workloads, as named in the results' JSON
  --clients a,b    clients, as named there
  --before folder  another checkout of this repository, installed and built: its client is one more column
  --rounds n       runs per client and workload, median taken (5)
  --seconds n      counted seconds per run (1.5)
  --warm-up n      seconds before that (2.5)
  --minutes n      bound of each suite (90)
  --no-build       measure the packages as they were built last
  --name text      results/NAME.json, .md, .svg (the suite's name)`;

/** Reads the command line; throws with a message that names what is wrong. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      suite: { type: 'string', default: 'redis' },
      only: { type: 'string' },
      clients: { type: 'string' },
      before: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1.5' },
      'warm-up': { type: 'string', default: '2.5' },
      minutes: { type: 'string', default: '90' },
      'no-build': { type: 'boolean', default: false },
      name: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.name !== undefined && !/^[\w.-]+$/.test(values.name)) {
    throw new Error(`--name ${values.name}: letters, digits, - and . only`);
  }
  return {
    suite: values.all ? 'all' : values.suite,
    only: values.only,
    clients: values.clients,
    before: values.before,
    rounds: Math.round(positive('--rounds', values.rounds)),
    seconds: positive('--seconds', values.seconds),
    warmUp: positive('--warm-up', values['warm-up']),
    minutes: positive('--minutes', values.minutes),
    build: !values['no-build'],
    name: values.name,
  };
}

/** The items that a list of names chooses, in their own order; throws for a name that is none. */
export function chosen<T extends { readonly name: string }>(
  option: string,
  value: string | undefined,
  all: readonly T[],
): T[] {
  if (value === undefined) return [...all];
  const wanted = value.split(',').filter((name) => name !== '');
  const names = all.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; there are ${names.join(', ')}`);
  return all.filter(({ name }) => wanted.includes(name));
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY)) throw new Error(`${option} ${value}: a number above 0`);
  return number;
}
