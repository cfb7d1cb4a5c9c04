import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { keysOf } from '../command-keys.ts';
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

const getkeys: Run = (_, words) => {
  const command = commandTable.get(arg(words, 0).toLowerCase()) ?? refuse('Invalid command specified');
  const { arity } = command;
  if (arity > 0 ? words.length !== arity : words.length < -arity) {
    refuse('Invalid number of arguments specified for command');
  }
  return bulks(keysOf(command, words) ?? refuse('The command has no key arguments'));
};

/** Commands about commands. */
export const introspectionCommands: Commands = {
  command: info,
  'command|count': () => integer(containers.length),
  'command|info': info,
  'command|list': list,
  'command|getkeys': getkeys,
};
