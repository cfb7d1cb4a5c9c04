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
export { Reader, type ReaderOptions } from './reader.ts';
export { utf8Length } from './text.ts';
export { type Arg, DEFAULT_LIMITS, type DecoderSink, type Limits, type Output, type Reply } from './types.ts';
