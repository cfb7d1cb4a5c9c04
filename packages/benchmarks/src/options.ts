import { parseArgs } from 'node:util';
import { clients } from './client/clients.ts';
import { workloads } from './client/workloads.ts';

/** What the command line asks for. */
export interface BenchOptions {
  readonly workloads: readonly string[];
  readonly clients: readonly string[];
  /** Runs per client and workload; the table shows medians. */
  readonly rounds: number;
  /** Counted seconds per run. */
  readonly seconds: number;
  /** Seconds of warm-up per run. */
  readonly warmUp: number;
  /** The whole comparison ends after this many minutes; rounds that are not complete by then are left out. */
  readonly minutes: number;
  /** Results go to results/NAME.{json,md,svg}. */
  readonly name: string;
}

/** What `--help` prints. */
export const usage: string = `npm run bench -- [options]
  --only a,b       workloads: ${workloads.map(({ name }) => name).join(' ')}
  --clients a,b    clients: ${clients.map(({ name }) => name).join(' ')}
  --rounds n       runs per client and workload, median taken (5)
  --seconds n      counted seconds per run (1.5)
  --warm-up n      seconds before that (0.7)
  --minutes n      bound of the whole (45)
  --name text      results/NAME.json, .md, .svg (clients)`;

/** Reads the command line; throws with a message that names what is wrong. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      clients: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1.5' },
      'warm-up': { type: 'string', default: '0.7' },
      minutes: { type: 'string', default: '45' },
      name: { type: 'string', default: 'clients' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!/^[\w.-]+$/.test(values.name)) throw new Error(`--name ${values.name}: letters, digits, - and . only`);
  return {
    workloads: chosen('--only', values.only, workloads),
    clients: chosen('--clients', values.clients, clients),
    rounds: Math.round(positive('--rounds', values.rounds)),
    seconds: positive('--seconds', values.seconds),
    warmUp: positive('--warm-up', values['warm-up']),
    minutes: positive('--minutes', values.minutes),
    name: values.name,
  };
}

function chosen(option: string, value: string | undefined, all: readonly { readonly name: string }[]): string[] {
  const names = all.map(({ name }) => name);
  if (value === undefined) return names;
  const wanted = value.split(',').filter((name) => name !== '');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; there are ${names.join(', ')}`);
  return names.filter((name) => wanted.includes(name));
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY)) throw new Error(`${option} ${value}: a number above 0`);
  return number;
}
