// The bytes RESP is made of, https://redis.io/docs/latest/develop/reference/protocol-spec/

/** Every line ends with CR LF. */
export const CR = 13;
export const LF = 10;

/** `+` simple string: the rest of the line. */
export const SIMPLE = 43;
/** `-` error: the rest of the line. */
export const ERROR = 45;
/** `:` integer of 64 bits. */
export const INTEGER = 58;
/** `,` double. */
export const DOUBLE = 44;
/** `(` integer of any size. */
export const BIG_NUMBER = 40;
/** `#` boolean: `t` or `f`. */
export const BOOLEAN = 35;
/** `_` null. */
export const NULL = 95;

/** `$` string with its length in front, or `$?` in chunks. */
export const BULK = 36;
/** `=` string with its length and a format, `txt:` or `mkd:`, in front. */
export const VERBATIM = 61;
/** `!` error with its length in front. */
export const BLOB_ERROR = 33;
/** `;` chunk of a `$?` string; an empty one ends it. */
export const CHUNK = 59;

/** `*` array. */
export const ARRAY = 42;
/** `%` map: keys and values take turns. */
export const MAP = 37;
/** `~` set. */
export const SET = 126;
/** `>` push: belongs to no command. */
export const PUSH = 62;
/** `|` attribute: a map about the value behind it. */
export const ATTRIBUTE = 124;
/** `.` end of an aggregate that began with `?` in place of a count. */
export const END = 46;
