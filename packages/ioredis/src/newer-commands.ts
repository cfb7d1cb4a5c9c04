/** Commands that ioredis has methods for and the table of the client has not yet: where their keys are. */
import { type Arg, Flag, type KeySpec, Keys, Command as KvCommand, type Spec, spec } from '@kv/core';

/** Keys behind their number: `numkeys key [key …]`, or with a value behind each. No more than there are arguments. */
function counted(step: number): KeySpec {
  return (args) => {
    const keys = Number(String(args[0]));
    const most = Math.ceil((args.length - 1) / step);
    return Number.isSafeInteger(keys) ? Array.from({ length: Math.min(keys, most) }, (_, at) => 1 + at * step) : [];
  };
}

const READS =
  'arcount arget argetrange argrep arinfo arlastitems arlen armget arnext arop arscan arseek digest vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrange vsim';
const WRITES =
  'ardel ardelrange arinsert armset arring arset delex increx vadd vrem vsetattr xackdel xcfgset xdelex xidmprecord xnack';

const rows: readonly (readonly [names: string, flags: number, keys: KeySpec])[] = [
  [READS, Flag.read, Keys.first],
  [WRITES, 0, Keys.first],
  ['lmovem', 0, Keys.two],
  ['blmovem', Flag.blocking, Keys.two],
  ['msetex', 0, counted(2)],
  ['sdiffcard sunioncard', Flag.read, counted(1)],
  ['himport', 0, ([word = '']) => (String(word).toUpperCase() === 'SET' ? [1] : [])],
  ['backup hotkeys trimslots', 0, null],
];

/** By name in lower case. */
const newer: ReadonlyMap<string, Spec> = new Map(
  rows.flatMap(([names, flags, keys]) => names.split(' ').map((name) => [name, spec(name.toUpperCase(), flags, keys)])),
);

/** Names of the commands. */
export function newerNames(): readonly string[] {
  return [...newer.keys()];
}

/** Such a command with its arguments; undefined for others. */
export function newerCommand(name: string, args: readonly Arg[]): KvCommand<unknown> | undefined {
  const known = newer.get(name);
  if (known === undefined) return undefined;
  const blockMs = name === 'blmovem' ? Number(String(args[4])) * 1000 || 0 : 0;
  return new KvCommand<unknown>(known, args, (raw: unknown) => raw, known.flags, blockMs);
}
