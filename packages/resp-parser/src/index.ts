export { Decoder } from './decoder.ts';
export {
  appendCommand,
  type CommandArg,
  commandHead,
  encodeCommand,
  encodePipeline,
  type PipelineOptions,
} from './encoder.ts';
export { ErrorReply, ProtocolError } from './errors.ts';
export { type CompleteLimits, completeLimits, DEFAULT_LIMITS, type Limits } from './limits.ts';
export { Reader, type ReaderOptions } from './reader.ts';
export { utf8Length } from './text.ts';
export type { Arg, DecoderSink, Output, Reply } from './types.ts';
