export { type CommandName, encodings, opcodeOf, opcodes, replyCodes } from './constants.ts';
export { Decoder } from './decoder.ts';
export { type Argument, appendCommand, encodeCommand } from './encoder.ts';
export { type ErrorName, ErrorReply, errorReplies, ProtocolError } from './errors.ts';
export { type CompleteLimits, completeLimits, DEFAULT_LIMITS, type Limits } from './limits.ts';
export { Reader, type ReaderOptions } from './reader.ts';
export type { Datum, Output, Pair, Reply, Sink, Value } from './types.ts';
