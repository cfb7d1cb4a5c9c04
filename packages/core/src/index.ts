export type { AddressInput, AddressRules, ParsedAddress } from './address.ts';
export { parseAddress, withTls } from './address.ts';
export type { Data } from './arguments.ts';
export { badArgument, checkOptions, data, float, integer } from './arguments.ts';
export type { Backoff } from './backoff.ts';
export { unwrap } from './batch-results.ts';
export type { ClientSetup, ClientState, ClientStats, LaneSize, StateChange } from './client.ts';
export { Client } from './client.ts';
export type { AnyCommand, Arg, KeySpec, Of, Results, Spec, Transform } from './command.ts';
export {
  block,
  Command,
  checkCommand,
  checkCommands,
  Flag,
  idempotent,
  Keys,
  keyPositions,
  read,
  spec,
  state,
  write,
} from './command.ts';
export type { Connection, LivenessOptions } from './connection.ts';
export { asKvError } from './connection.ts';
export type { CommandEvent, ConnectEvent, StateEvent } from './diagnostics.ts';
export { type EmbeddedServers, reachable } from './embedded-address.ts';
export type { Endpoint, LaneName } from './endpoint.ts';
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
  ofCommand,
  ProtocolError,
  QueueFullError,
  ReplyError,
  TimeoutError,
} from './errors.ts';
export type { Executor, RetryMode, SendOptions, Settled } from './executor.ts';
export { asOne, batches, KeySpace, lifetime, lifetimeOf } from './key-space.ts';
export type {
  Capabilities,
  CommandSender,
  KeyValue,
  KeyValueEntries,
  KeyValueOptions,
  KeyValueSetOptions,
} from './key-value.ts';
export type { Defaults, LeaseSetup } from './lease.ts';
export { Lease } from './lease.ts';
export { openPool, openSingle, type PoolBounds, type SingleConnection } from './opened-client.ts';
export type { CallOptions, CommonOptions, OptionRule, OptionRules } from './options.ts';
export { COMMON_RULES, commonSetup, mergeCallOptions, Rule, readOptions } from './options.ts';
export type { Pool } from './pool.ts';
export type { Output, Protocol, ReplySink, Window, Wire } from './protocol.ts';
export type { Router } from './router.ts';
export type { CommandStats } from './stats.ts';
export { LONGEST_TIMER } from './timer-limits.ts';
export type { Address, Connect, TlsOptions, Transport, TransportEvents } from './transport.ts';
