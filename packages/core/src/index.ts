export type { Data } from './arguments.ts';
export { badArgument, data, float, integer } from './arguments.ts';
export type { AnyCommand, Arg, KeySpec, Of, Results, Spec, Transform } from './command.ts';
export { block, Command, Flag, idempotent, Keys, keyPositions, read, spec, state, write } from './command.ts';
export type { ErrorCode, ErrorDetails, Outcome } from './errors.ts';
export {
  AbortedError,
  ArgumentError,
  BatchError,
  ClosedError,
  ConflictError,
  ConnectionError,
  isKvError,
  KvError,
  ProtocolError,
  QueueFullError,
  ReplyError,
  TimeoutError,
} from './errors.ts';
export type { Executor, RetryMode, SendOptions, Settled } from './executor.ts';
export type { Output, Protocol, ReplySink, Window, Wire } from './protocol.ts';
export type { Address, Connect, TlsOptions, Transport, TransportEvents } from './transport.ts';
