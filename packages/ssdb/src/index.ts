export type { Entries, EntryArgs, Int, Many, ScoreBound } from './arguments.ts';
export type { DumpOptions, InfoSection, SlaveofOptions, SyncOptions } from './commands/server.ts';
export type { ZscanOptions } from './commands/zset.ts';
export {
  AuthenticationError,
  CommandError,
  KeyRangeError,
  ReadonlyError,
  ReplyError,
  StorageError,
} from './errors.ts';
export type { KeyRange, Scored, ServerInfo } from './replies.ts';
export type { DumpEntry, StorageKey, SyncCommand, SyncEntry } from './streams.ts';
