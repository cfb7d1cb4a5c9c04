export type { MetaField } from './arguments.ts';
export type { MgetOptions, SetOptions } from './commands/index.ts';
export {
  KeyLockedError,
  MalformedRequestError,
  MemoryLimitError,
  NotANumberError,
  NotFoundError,
  ValueCutError,
} from './errors.ts';
export type { ServerLimits } from './limits.ts';
export { type GibsonProtocolOptions, gibsonProtocol } from './protocol.ts';
export type { Stats } from './replies.ts';
