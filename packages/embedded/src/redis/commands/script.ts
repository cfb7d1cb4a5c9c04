import { arg, type Commands, type Context, type Run } from '../command.ts';
import { CommandError, refuse } from '../command-error.ts';
import { numberOf } from '../numbers.ts';
import { array, bulk, flag, OK } from '../replies.ts';
import { ScriptSession } from '../scripting/script-session.ts';
import type { Script } from '../scripting/scripts.ts';

const SHA_LENGTH = 40;

function known({ state }: Context, sha: string): Script {
  const script = sha.length === SHA_LENGTH ? state.scripts.find(sha) : undefined;
  if (script === undefined) throw new CommandError('NOSCRIPT No matching script. Please use EVAL.');
  return script;
}

/** How many of the arguments are keys. */
export function keyCount(count: number, available: number): number {
  if (count > available) refuse("Number of keys can't be greater than number of args");
  return count < 0 ? refuse("Number of keys can't be negative") : count;
}

/** What is run: a script, or a function of a library. */
export interface Runnable extends Script {
  readonly isFunction?: boolean;
}

/** Runs it with so many keys among the values. */
export function runScript(
  context: Context,
  script: Runnable,
  count: number,
  values: readonly string[],
  readOnly: boolean,
): string {
  const { flags, sha, compiled, isFunction = false } = script;
  const writes = flags?.includes('no-writes') !== true;
  if (readOnly && flags !== undefined && writes) refuse('Can not execute a script with write flag using *_ro command.');
  const session = new ScriptSession(context, readOnly || (flags !== undefined && !writes));
  return context.state.scripts.run({
    script: compiled,
    sha,
    isFunction,
    keys: values.slice(0, count),
    args: values.slice(count),
    wire: context.wire,
    host: session,
    keepsBooleans: () => session.keepsBooleans,
  });
}

function evaluate(readOnly: boolean): Run {
  return (context, [source = '', countText = '', ...values]) => {
    const count = keyCount(numberOf(countText), values.length);
    return runScript(context, context.state.scripts.load(source), count, values, readOnly);
  };
}

function evaluateKnown(readOnly: boolean): Run {
  return (context, [sha = '', countText = '', ...values]) => {
    if (sha.length !== SHA_LENGTH) known(context, sha);
    const count = keyCount(numberOf(countText), values.length);
    return runScript(context, known(context, sha), count, values, readOnly);
  };
}

const flush: Run = ({ state }, args) => {
  if (args.length > 1 || (args.length === 1 && !/^(a?sync)$/i.test(arg(args, 0)))) {
    refuse('SCRIPT FLUSH only support SYNC|ASYNC option');
  }
  state.scripts.flush();
  return OK;
};

/** Scripts in Lua. */
export const scriptCommands: Commands = {
  eval: evaluate(false),
  eval_ro: evaluate(true),
  evalsha: evaluateKnown(false),
  evalsha_ro: evaluateKnown(true),
  'script|load': ({ state }, [source = '']) => bulk(state.scripts.load(source).sha),
  'script|exists': ({ state }, shas) => array(shas.map((sha) => flag(state.scripts.find(sha) !== undefined))),
  'script|flush': flush,
  'script|kill': () => {
    throw new CommandError('NOTBUSY No scripts in execution right now.');
  },
};
