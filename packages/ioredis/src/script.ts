/** Scripts as commands: sent as their hash, and as their source where the server does not know them. */
import { Flag } from '@kv/core';
import { Command, command, createRedis, type Script } from '@kv/redis';

/** What a script is. */
export interface ScriptDefinition {
  readonly lua: string;
  /** Absent: the number is the first argument of each call. */
  readonly numberOfKeys?: number | undefined;
  /** It only reads: in a cluster a replica may run it, and it may be sent again. Any server takes it, unlike EVALSHA_RO. */
  readonly readOnly?: boolean | undefined;
}

type Wire = string | Uint8Array;

/** Makes the command value of each call of a script. */
export function scriptMaker({
  lua,
  numberOfKeys,
  readOnly = false,
}: ScriptDefinition): (args: readonly Wire[]) => Command<unknown> {
  const byKeys = new Map<number, Script>();
  const scriptWith = (keys: number): Script => {
    const script = byKeys.get(keys) ?? scripts().script(lua, { keys });
    byKeys.set(keys, script);
    return script;
  };
  const callWith = (keys: number, args: readonly Wire[]): Command<unknown> => {
    const call = scriptWith(keys).command(...args);
    return readOnly ? asRead(call) : call;
  };
  if (numberOfKeys !== undefined) return (args) => callWith(numberOfKeys, args);
  return ([count, ...args]) => {
    const keys = Number(String(count));
    if (count === undefined || !Number.isSafeInteger(keys) || keys > args.length) return evaluate(lua, count, args);
    return callWith(keys, args);
  };
}

/** The same command as one that changes no data, also when it is sent as its source. */
function asRead({ spec, args, reply, flags, blockMs, bytes }: Command<unknown>): Command<unknown> {
  const fallback: typeof spec.fallback = (raw, call) => {
    const source = spec.fallback?.(raw, call);
    return source && asRead(source as Command<unknown>);
  };
  return new Command<unknown>({ ...spec, fallback }, args, reply, flags | Flag.read, blockMs, bytes);
}

/** What the server will refuse goes as it is: it says why. */
function evaluate(lua: string, count: Wire | undefined, args: readonly Wire[]): Command<unknown> {
  return command('EVAL', lua, ...(count === undefined ? [] : [count]), ...args) as Command<unknown>;
}

let maker: ReturnType<typeof createRedis> | undefined;

/** Only makes command values: it never connects. */
function scripts(): ReturnType<typeof createRedis> {
  maker ??= createRedis({ connect: () => Promise.reject(new Error('not used')) });
  return maker;
}
