import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { type CommandInfo, commandTable } from '../command-table.ts';
import { globMatches } from '../glob.ts';
import { array, bulk, bulks, integer, status } from '../replies.ts';

const containers = [...commandTable.values()].filter(({ name }) => !name.includes('|'));

/** Without key specifications, tips and documentation: clients can do without. */
function describe({ wire }: Context, info: CommandInfo): string {
  const inside = [...commandTable.values()].filter(({ name }) => name.startsWith(`${info.name}|`));
  return array([
    bulk(info.name),
    integer(info.arity),
    wire.set(info.flags.map(status)),
    integer(info.firstKey),
    integer(info.lastKey),
    integer(info.step),
    wire.set(info.categories.map((name) => status(`@${name}`))),
    wire.set([]),
    wire.set([]),
    wire.set(inside.map((sub) => describe({ wire } as Context, sub))),
  ]);
}

const info: Run = (context, names) => {
  if (names.length === 0) return array(containers.map((command) => describe(context, command)));
  return array(
    names.map((name) => {
      const command = commandTable.get(name.toLowerCase());
      return command === undefined ? context.wire.nil : describe(context, command);
    }),
  );
};

const list: Run = (_, [filter, kind = '', value = '', ...rest]) => {
  const all = [...commandTable.values()];
  if (filter === undefined) return bulks(containers.map(({ name }) => name));
  if (filter.toUpperCase() !== 'FILTERBY' || kind === '' || rest.length > 0) syntaxError();
  switch (kind.toUpperCase()) {
    case 'PATTERN':
      return bulks(all.map(({ name }) => name).filter((name) => globMatches(value, name)));
    case 'ACLCAT':
      return bulks(all.filter(({ categories }) => categories.includes(value)).map(({ name }) => name));
    case 'MODULE':
      return bulks([]);
    default:
      return syntaxError();
  }
};

/** Position of `numkeys` in commands whose keys are counted. */
const COUNTED: Readonly<Record<string, number>> = {
  lmpop: 1,
  blmpop: 2,
  zmpop: 1,
  bzmpop: 2,
  sintercard: 1,
  zintercard: 1,
  zunion: 1,
  zinter: 1,
  zdiff: 1,
  zunionstore: 2,
  zinterstore: 2,
  zdiffstore: 2,
};

/** The keys in a whole command. */
function keysOf(command: CommandInfo, words: readonly string[]): string[] {
  const at = COUNTED[command.name];
  if (at !== undefined) {
    const counted = words.slice(at + 1, at + 1 + Number(words[at]));
    return command.name.endsWith('store') ? [arg(words, 1), ...counted] : counted;
  }
  if (command.firstKey === 0) return refuse('The command has no key arguments');
  const last = command.lastKey < 0 ? words.length + command.lastKey : command.lastKey;
  const keys: string[] = [];
  for (let index = command.firstKey; index <= last; index += command.step) keys.push(arg(words, index));
  if (command.name === 'sort') {
    const store = words.findIndex((word) => word.toLowerCase() === 'store');
    if (store > 0 && words[store + 1] !== undefined) keys.push(words[store + 1] as string);
  }
  return keys;
}

const getkeys: Run = (_, words) => {
  const command = commandTable.get(arg(words, 0).toLowerCase()) ?? refuse('Invalid command specified');
  const { arity } = command;
  if (arity > 0 ? words.length !== arity : words.length < -arity) {
    refuse('Invalid number of arguments specified for command');
  }
  return bulks(keysOf(command, words));
};

/** Commands about commands. */
export const introspectionCommands: Commands = {
  command: info,
  'command|count': () => integer(containers.length),
  'command|info': info,
  'command|list': list,
  'command|getkeys': getkeys,
};
