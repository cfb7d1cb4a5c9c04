import { arg, type Commands, type Run } from '../command.ts';
import { CommandError, refuse } from '../command-error.ts';
import { globMatches } from '../glob.ts';
import { array, bulk, integer, type Notation, OK, status } from '../replies.ts';
import type { Library } from '../scripting/libraries.ts';
import type { LuaLibraryFunction } from '../scripting/redis-api.ts';
import { keyCount, runScript } from './script.ts';

const INTEGER = /^-?\d+$/;

function call(readOnly: boolean): Run {
  return (context, [name = '', countText = '', ...values]) => {
    const found = context.state.scripts.libraries.find(name);
    if (found === undefined) return refuse('Function not found');
    if (!INTEGER.test(countText)) return refuse('Bad number of keys provided');
    const count = keyCount(Number(countText), values.length);
    const { compiled, flags } = found;
    return runScript(context, { sha: found.name, compiled, flags, isFunction: true }, count, values, readOnly);
  };
}

const load: Run = ({ state }, args) => {
  const options = args.slice(0, -1);
  const unknown = options.find((option) => option.toLowerCase() !== 'replace');
  if (unknown !== undefined) refuse(`Unknown option given: ${unknown}`);
  return bulk(state.scripts.libraries.load(arg(args, args.length - 1), options.length > 0));
};

/** Which libraries are listed, and whether with their code. */
function readListOptions(args: readonly string[]): { readonly pattern?: string; readonly code: boolean } {
  let pattern: string | undefined;
  let code = false;
  for (let at = 0; at < args.length; at++) {
    const option = arg(args, at).toLowerCase();
    if (option === 'withcode' && !code) code = true;
    else if (option === 'libraryname' && pattern === undefined)
      pattern = args[++at] ?? refuse('library name argument was not given');
    else refuse(`Unknown argument ${args[at]}`);
  }
  return pattern === undefined ? { code } : { pattern, code };
}

function shownFunction({ name, description, flags }: LuaLibraryFunction, wire: Notation): string {
  const about = description === undefined ? wire.nil : bulk(description);
  return wire.map([bulk('name'), bulk(name), bulk('description'), about, bulk('flags'), wire.set(flags.map(status))]);
}

function shownLibrary({ name, code, functions }: Library, wire: Notation, withCode: boolean): string {
  const shown = array(functions.map((one) => shownFunction(one, wire)));
  const parts = [bulk('library_name'), bulk(name), bulk('engine'), bulk('LUA'), bulk('functions'), shown];
  return wire.map(withCode ? [...parts, bulk('library_code'), bulk(code)] : parts);
}

const list: Run = ({ state, wire }, args) => {
  const { pattern, code } = readListOptions(args);
  const { all } = state.scripts.libraries;
  const like = pattern?.toLowerCase();
  const wanted = like === undefined ? all : all.filter(({ name }) => globMatches(like, name.toLowerCase()));
  return array(wanted.map((library) => shownLibrary(library, wire, code)));
};

const flush: Run = ({ state, words }, args) => {
  if (args.length > 1) refuse(`unknown subcommand or wrong number of arguments for '${words[1]}'. Try FUNCTION HELP.`);
  if (args.length === 1 && !/^(a?sync)$/i.test(arg(args, 0))) refuse('FUNCTION FLUSH only supports SYNC|ASYNC option');
  state.scripts.libraries.flush();
  return OK;
};

const stats: Run = ({ state, wire }) => {
  const { all, functionCount } = state.scripts.libraries;
  const counts = [bulk('libraries_count'), integer(all.length), bulk('functions_count'), integer(functionCount)];
  return wire.map([bulk('running_script'), wire.nil, bulk('engines'), wire.map([bulk('LUA'), wire.map(counts)])]);
};

/** Libraries of functions in Lua. */
export const functionCommands: Commands = {
  fcall: call(false),
  fcall_ro: call(true),
  'function|load': load,
  'function|delete': ({ state }, args) =>
    state.scripts.libraries.remove(arg(args, 0)) ? OK : refuse('Library not found'),
  'function|flush': flush,
  'function|list': list,
  'function|stats': stats,
  'function|kill': () => {
    throw new CommandError('NOTBUSY No scripts in execution right now.');
  },
};
