export type { Signal, SignalLike } from './abort-signal.ts';
export { outsideOfCalls } from './async-context.ts';
export { NO_RESULT } from './client/blocking-calls.ts';
export { Client } from './client/client.ts';
export type { ClientSetup, PoolSize } from './client/client-setup.ts';
export type {
  ClientEvents,
  ClientState,
  ClientStats,
  ConnectionStats,
  DiscoveryFailure,
  NodeStats,
  PoolStats,
  StateChange,
} from './client/client-state.ts';
export { type CommandFunctions, type CommandMethods, CommandRunner, withCommands } from './client/command-methods.ts';
export type { ConnectionEvent, Endpoint, EndpointIdentity } from './client/endpoint.ts';
export { attemptOf } from './client/endpoint.ts';
export type { PoolName } from './client/endpoint-pools.ts';
export type { Engine } from './client/engine.ts';
export type {
  BatchingMembers,
  CallMembers,
  ClientMembers,
  CloseOptions,
  ConnectionMembers,
  DuplicateOptions,
  EngineMembers,
  KvClient,
  KvConnection,
  KvExecutor,
  KvLease,
  KvPool,
  LeaseMembers,
  Observable,
  PoolMembers,
} from './client/facades.ts';
export { interruptible } from './client/interruptible.ts';
export { closedBy, LazyRouter, submitAgain } from './client/lazy-router.ts';
export {
  type Adds,
  batchingMembers,
  callMembers,
  clientMembers,
  connectionMembers,
  leaseMembers,
  poolMembers,
} from './client/members.ts';
export { isConnectionClosed, openPool, openSingle, type SingleConnection } from './client/opened-client.ts';
export type { AcquireOptions, CallOptions, CommonOptions } from './client/options.ts';
export { CALL_RULES, COMMON_RULES, commonSetup, mergeCallOptions, readAcquireOptions } from './client/options.ts';
export {
  duplicateCall,
  duplicateOrigin,
  keepOrigin,
  type Origin,
  type ReadAddress,
  type ReadOrigin,
} from './client/origin.ts';
export { BOUND_RULES, checkBounds, DEFAULT_MAX_SIZE, type PoolBounds } from './client/pool-bounds.ts';
export type { BlockingRound, BlockingRounds, Router, RouterHost } from './client/router.ts';
export type { Data } from './command/arguments.ts';
export { badArgument, checkOptions, element, float, integer, toArg } from './command/arguments.ts';
export { type BatchMember, BatchMembers, failMembers, settleMembers } from './command/batch-members.ts';
export { unitOptions } from './command/batch-options.ts';
export { unwrap } from './command/batch-results.ts';
export { bytesFrom, isBytes } from './command/bytes.ts';
export { checkCommand, checkCommands } from './command/check-command.ts';
export type { AnyCommand, Arg, KeySpec, Of, Results, Spec, Transform } from './command/command.ts';
export {
  blocking,
  Command,
  Flag,
  firstKey,
  idempotent,
  Keys,
  keyPositions,
  read,
  spec,
  stateful,
  write,
} from './command/command.ts';
export type { Entries, EntriesOf, EntryArgs, FieldsOf } from './command/entries.ts';
export type {
  BatchKind,
  BatchOptions,
  Executor,
  RetryMode,
  SendOptions,
  ServerOf,
  Settled,
} from './command/executor.ts';
export { joinArgs, withArgs } from './command/key-prefix.ts';
export { checkNotMerged } from './command/merged-names.ts';
export { type CallPart, PartialError } from './command/partial-error.ts';
export type { Connection } from './connection/connection.ts';
export type { LivenessOptions } from './connection/liveness.ts';
export type { Output, Protocol, ReplySink, Window, Wire } from './connection/protocol.ts';
export { answered } from './connection/protocol.ts';
export type { BatchTrace, CommandEvent, CommandTrace, ConnectEvent, StateEvent } from './diagnostics.ts';
export { didYouMean } from './did-you-mean.ts';
export type { ErrorCode, ErrorDetails, Outcome } from './errors.ts';
export {
  AbortedError,
  ArgumentError,
  asKvError,
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
export { setHidden } from './hidden.ts';
export { BasicKeyValue, type KeyCommands } from './key-value/basic-key-value.ts';
export {
  areEndless,
  asOne,
  batches,
  type EntryToSet,
  KeySpace,
  lifetime,
  lifetimeOf,
  lifetimeUntil,
} from './key-value/key-space.ts';
export type {
  Capabilities,
  CommandSender,
  KeyValue,
  KeyValueEntries,
  KeyValueEntriesOf,
  KeyValueEntry,
  KeyValueOptions,
  KeyValueSetOptions,
} from './key-value/key-value.ts';
export type { EventListeners } from './listeners.ts';
export { Listeners } from './listeners.ts';
export type { OptionRule, OptionRules } from './options/option-rules.ts';
export { givenOptions, Rule, readOptions } from './options/option-rules.ts';
export type { Backoff, BackoffDelay } from './pool/backoff.ts';
export { type ConnectionPool, keyedPool } from './pool/keyed-pool.ts';
export type { Defaults, LeaseSetup } from './pool/lease.ts';
export { Lease } from './pool/lease.ts';
export type { Pool } from './pool/pool.ts';
export { printable } from './printable.ts';
export { isMarkedBulk, markBulk } from './request/bulk-requests.ts';
export type { Redirect } from './request/redirect.ts';
export { type ExclusivePool, Request } from './request/request.ts';
export type { RequestLimits } from './request/request-limits.ts';
export { type QueueOwner, RequestQueue } from './request/request-queue.ts';
export type { CommandObserver } from './request/request-tracker.ts';
export { Ring } from './request/ring.ts';
export { settle } from './request/settle.ts';
export { type RequestPart, repliesOf, splitRequest } from './request/split-request.ts';
export type { CommandStats } from './request/stats.ts';
export { LONGEST_TIMER } from './request/timer-limits.ts';
export { Unit } from './request/unit.ts';
export { compareBytes } from './sharding/byte-order.ts';
export { hashTagged } from './sharding/hash-tag.ts';
export { mergePages, mergeSorted, type SortedLists } from './sharding/merge-sorted.ts';
export {
  type ListedServer,
  readServerList,
  type ServerInput,
  type ServerList,
} from './sharding/server-list.ts';
export { type NamedPages, pagesOfServers } from './sharding/server-pages.ts';
export { type ShardAddress, ShardRouter, type ShardServer } from './sharding/shard-router.ts';
export type { MergeReplies, ShardReplies, ShardRule, ShardRules } from './sharding/shard-rules.ts';
export { clearTimeout, monotonicNow, queueMicrotask, setImmediate, setTimeout, type Timer, wallNow } from './timers.ts';
export { type Identity, identityOf, traced } from './tracing/command-trace.ts';
export type {
  AddressInput,
  AddressRules,
  ParsedAddress,
  TcpAddress,
  UnixAddress,
  UrlObject,
} from './transport/address.ts';
export { parseAddress, withTls } from './transport/address.ts';
export { type EmbeddedServers, reachable } from './transport/embedded-address.ts';
export { tlsRule } from './transport/tls-options.ts';
export type { Address, Connect, TlsOptions, TlsVersion, Transport, TransportEvents } from './transport/transport.ts';
