/**
 * Every command of a Gibson server and its opcode. The opcode is a 16-bit number and is compared as a whole;
 * a number that is not in this table makes the server close the connection without an answer.
 */
export const opcodes = {
  SET: 1,
  TTL: 2,
  GET: 3,
  DEL: 4,
  INC: 5,
  DEC: 6,
  LOCK: 7,
  UNLOCK: 8,
  MSET: 9,
  MTTL: 10,
  MGET: 11,
  MDEL: 12,
  MINC: 13,
  MDEC: 14,
  MLOCK: 15,
  MUNLOCK: 16,
  COUNT: 17,
  STATS: 18,
  PING: 19,
  META: 20,
  KEYS: 21,
  END: 255,
} as const;

/** The name of a Gibson command, in upper case. */
export type CommandName = keyof typeof opcodes;

/** What a reply says, before its data. Zero is an error, not a success. */
export const replyCodes = {
  /** An empty key, value, number or META field, or an unknown META field. */
  ERR: 0,
  /** The key is absent or expired, or a command over a prefix changed nothing. */
  ERR_NOT_FOUND: 1,
  /** A time, a limit or a stored value is not a number. */
  ERR_NAN: 2,
  /** The server is over its memory limit and refuses SET and MSET. */
  ERR_MEM: 3,
  /** The item is locked. */
  ERR_LOCKED: 4,
  /** Done, nothing to return. */
  OK: 5,
  /** One value. */
  VAL: 6,
  /** A list of keys and values. */
  KVAL: 7,
} as const;

/** How the data of a reply, or of one row of a list, is to be read. */
export const encodings = {
  /** Bytes as they were stored. */
  PLAIN: 0,
  /** Compressed in the server's memory. It is a result of META, never the encoding of a reply. */
  LZF: 1,
  /** A signed little-endian integer of 8 bytes, or of 4 from a 32-bit server. */
  NUMBER: 2,
} as const;

/** The letters a to z and no others: `ſ` or `ı` of other alphabets are no spelling of a command. */
const LOWER_CASE = /[a-z]/g;

/**
 * The opcode of a command by its name, in upper or lower case; `undefined` when there is no such command.
 *
 * @example
 * opcodeOf('get'); // 3
 */
export function opcodeOf(name: string): number | undefined {
  const upper = name.replace(LOWER_CASE, (letter) => letter.toUpperCase());
  return Object.hasOwn(opcodes, upper) ? opcodes[upper as CommandName] : undefined;
}
