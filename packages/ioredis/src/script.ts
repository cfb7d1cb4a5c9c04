/** Scripts as commands: sent as their hash, and as their source where the server does not know them. */
import { type Command, createRedis, type Script } from '@kv/redis';

/** What a script is. */
export interface ScriptDefinition {
  readonly lua: string;
  /** Absent: the number is the first argument of each call. */
  readonly numberOfKeys?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

type Wire = string | Uint8Array;

/** Makes the command value of each call of a script. */
export function scriptMaker(
  name: string,
  { lua, numberOfKeys, readOnly = false }: ScriptDefinition,
): (args: readonly Wire[]) => Command<unknown> {
  const byKeys = new Map<number, Script>();
  const scriptWith = (keys: number): Script => {
    const script = byKeys.get(keys) ?? scripts().script(lua, { keys, readOnly });
    byKeys.set(keys, script);
    return script;
  };
  if (numberOfKeys !== undefined) return (args) => scriptWith(numberOfKeys).command(...args);
  return ([count, ...args]) => {
    const keys = Number(String(count));
    if (!Number.isSafeInteger(keys)) throw new TypeError(`${name}: expected the number of keys as the first argument`);
    return scriptWith(keys).command(...args);
  };
}

let maker: ReturnType<typeof createRedis> | undefined;

/** Only makes command values: it never connects. */
function scripts(): ReturnType<typeof createRedis> {
  maker ??= createRedis({ connect: () => Promise.reject(new Error('not used')) });
  return maker;
}
