export { Decoder } from './decoder.ts';
export { appendCommand, commandHead, encodeCommand } from './encoder.ts';
export { ErrorReply, ProtocolError } from './errors.ts';
export { type CompleteLimits, completeLimits, DEFAULT_LIMITS, type Limits } from './limits.ts';
export { Reader, type ReaderOptions } from './reader.ts';
export { utf8Length } from './text.ts';
export type { Arg, Output, Reply, Sink } from './types.ts';
