import { type AnyCommand, ArgumentError } from '@kv/core';

/**
 * The limits of the server, named as in its configuration file. The server cannot be asked for them and does not
 * refuse what is longer: it cuts keys and values and carries on.
 */
export interface ServerLimits {
  /**
   * `max_key_size` in bytes. Keys and
   * prefixes may be one byte shorter; in SET, the digits of the ttl and one byte more count as part of the key.
   *
   * @default 512, what the server uses when its configuration says nothing
   */
  readonly maxKeySize: number;
  /**
   * `max_value_size` in bytes. A server without that setting keeps
   * 4,096 bytes of a value: SET then rejects with `ValueCutError`, but MSET has no answer by which it could be seen.
   *
   * @default 2,096,127, the packaged configuration
   */
  readonly maxValueSize: number;
  /**
   * `max_request_size` in bytes: a whole frame without its length field.
   *
   * @default 2 MiB, the packaged configuration
   */
  readonly maxRequestSize: number;
}

/** What is assumed of a server that nothing is known about. */
export const defaultServerLimits: ServerLimits = {
  maxKeySize: 512,
  maxValueSize: 2_096_127,
  maxRequestSize: 2 * 1024 * 1024,
};

/**
 * Checks the lengths of a command whose arguments are in wire form (`length` = bytes).
 *
 * @throws ArgumentError when the server would cut something, drop the connection, or refuse the prefix because it is
 *   empty, also with what the client puts before it
 */
export function checkLimits(command: AnyCommand, limits: ServerLimits): void {
  const { name } = command.spec;
  const [first = '', second = '', third = ''] = command.args;
  if (name === 'SET') {
    checkKey(name, second.length, limits.maxKeySize, first.length + 1);
    check(name, 'value', third.length, limits.maxValueSize);
  } else {
    if (first.length === 0 && command.args.length > 0)
      throw new ArgumentError(`${name}: the prefix must not be empty`, { command: name });
    checkKey(name, first.length, limits.maxKeySize, 0);
    if (name === 'MSET') check(name, 'value', second.length, limits.maxValueSize);
  }
  check(name, 'request', requestSize(command), limits.maxRequestSize);
}

/**
 * A key of exactly `max_key_size` bytes makes prefix commands write past a buffer of the server. The key of SET
 * shares its room with the ttl in front of it; what is too much becomes part of the value.
 */
function checkKey(command: string, length: number, limit: number, before: number): void {
  check(command, 'key', length, Math.min(limit - 1, limit - before));
}

function check(command: string, what: string, length: number, limit: number): void {
  if (length <= limit) return;
  throw new ArgumentError(`${command}: the ${what} has ${length} bytes, the limit is ${limit}`, { command });
}

/** Opcode and payload: what the length field of the frame says. */
function requestSize({ args }: AnyCommand): number {
  let size = 2 + Math.max(args.length - 1, 0);
  for (const arg of args) size += arg.length;
  return size;
}
