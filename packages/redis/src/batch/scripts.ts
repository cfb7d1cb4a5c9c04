import { createHash } from 'node:crypto';
import {
  type AnyCommand,
  ArgumentError,
  Command,
  type Data,
  type Executor,
  Flag,
  type OptionRules,
  Rule,
  readOptions,
  type Spec,
  spec,
  toArg,
} from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { asIs } from '../commands/support/replies.ts';
import { isScriptMissing, ReplyError } from '../protocol/errors.ts';
import { KEY_RULES } from '../protocol/key-specs.ts';

/** What is known about a script apart from its source. */
export interface ScriptOptions {
  /** How many keys it takes; the rest of what it is called with are arguments. */
  readonly keys: number;
  /** It changes nothing: it may be repeated after a connection loss. Sent as EVALSHA_RO; since 7.0. */
  readonly readOnly?: boolean | undefined;
}

const RULES: OptionRules = { keys: Rule.index, readOnly: Rule.boolean };

/** What a server says that does not know a script. */
const NOT_LOADED = new ReplyError('NOSCRIPT No matching script.', 'NOSCRIPT');

/**
 * A Lua script as something to call. It travels as its hash; a server that does not know it (yet, or any more) gets
 * the source instead, behind what was sent meanwhile. Batches send the source once, so that it runs in its place.
 * `R` is the type of its replies.
 */
export interface Script<R extends Reply = Reply> {
  (...keysAndArguments: readonly Data[]): Promise<R>;
  /** The call as a command value, for pipelines, `multi()` and `sendAll`. */
  command<V = string>(...keysAndArguments: readonly Data[]): Command<R, V>;
  readonly source: string;
  /** SHA-1 of the source, in hexadecimal digits. */
  readonly sha: string;
}

/** Makes a script. @throws ArgumentError */
export function makeScript<V>(
  source: string,
  options: ScriptOptions,
  send: (command: Command<Reply, V>) => Promise<Reply>,
): Script {
  if (typeof source !== 'string') throw new ArgumentError('source: expected text');
  const { keys, readOnly = false } = readOptions(RULES, options, new Map());
  if (keys === undefined) throw new ArgumentError('keys: expected a whole number, 0 or more');
  const sha = createHash('sha1').update(source).digest('hex');
  const evalSpec = scriptSpec(readOnly ? 'EVAL_RO' : 'EVAL', readOnly);
  const again: Spec['fallback'] = (reply, { args, bytes }) =>
    isScriptMissing(reply)
      ? new Command(evalSpec, [source, ...args.slice(1)], asIs, evalSpec.flags, 0, bytes)
      : undefined;
  const shaSpec = scriptSpec(readOnly ? 'EVALSHA_RO' : 'EVALSHA', readOnly, again);
  const command = <U>(...given: readonly Data[]): Command<Reply, U> => {
    if (given.length < keys) throw new ArgumentError(`keys: expected ${keys}, got ${given.length}`);
    const args = given.map((value, i) =>
      typeof value === 'string' && value.isWellFormed() // most are, and need no name
        ? value
        : toArg(value, i < keys ? `key ${i + 1}` : `argument ${i + 1 - keys}`),
    );
    return new Command<Reply, U>(shaSpec, [sha, String(keys), ...args], asIs);
  };
  const call = async (...given: readonly Data[]): Promise<Reply> => send(command<V>(...given));
  return Object.assign(call, { command, source, sha });
}

/** A call of a script as it is sent to a server that does not know it; `undefined` for other commands. */
export function withSource(command: AnyCommand): AnyCommand | undefined {
  return command.spec.fallback?.(NOT_LOADED, command);
}

/**
 * Commands of a batch, which run in their order: the first call of each script brings its source along, on each server
 * that the batch goes to.
 */
export function withSources(commands: readonly AnyCommand[], executor: Pick<Executor, 'placeOf'>): AnyCommand[] {
  const known = new Map<unknown, Set<unknown>>();
  return commands.map((command) => {
    const first = withSource(command);
    if (first === undefined) return command;
    const place = executor.placeOf?.(command);
    const sources = known.get(place) ?? new Set<unknown>();
    known.set(place, sources);
    return sources.size === sources.add(first.args[0]).size ? command : first;
  });
}

function scriptSpec(name: string, readOnly: boolean, again?: Spec['fallback']): Spec {
  return spec(name, readOnly ? Flag.read | Flag.opaque : Flag.opaque, KEY_RULES['countedSecond'] ?? null, again);
}
