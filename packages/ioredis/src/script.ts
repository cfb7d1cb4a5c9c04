/** Scripts as commands: sent as their hash, and as their source where the server does not know them. */
import { type Command, command, createRedis, type Script } from '@kv/redis';

/** What a script is. */
export interface ScriptDefinition {
  readonly lua: string;
  /** Absent: the number is the first argument of each call. */
  readonly numberOfKeys?: number | undefined;
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
    const script = byKeys.get(keys) ?? scripts().script(lua, { keys, readOnly });
    byKeys.set(keys, script);
    return script;
  };
  if (numberOfKeys !== undefined) return (args) => scriptWith(numberOfKeys).command(...args);
  return ([count, ...args]) => {
    const keys = Number(String(count));
    if (count === undefined || !Number.isSafeInteger(keys) || keys > args.length) return evaluate(lua, count, args);
    return scriptWith(keys).command(...args);
  };
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
