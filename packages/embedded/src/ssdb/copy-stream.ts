import type { Clock, Timer } from '../clock.ts';
import type { StreamTarget } from './command.ts';
import { type ChangeListener, type Database, Operation } from './database.ts';
import type { Expiry } from './expiry.ts';
import { rawEntries } from './raw-entries.ts';
import { littleEndian } from './raw-keys.ts';

const Kind = { noop: 0, sync: 1, copy: 3 } as const;
const NOOP_EVERY_MS = 3000;

/** First letter of a storage key → the operation that copies it; sizes and indexes are not copied, the ends of queues are. */
const copyOperations: Readonly<Record<string, number>> = {
  k: Operation.kvSet,
  h: Operation.hashSet,
  s: Operation.zsetSet,
  q: Operation.pushBack,
};

interface Source {
  readonly db: Database;
  readonly clock: Clock;
  readonly expiry: Expiry;
}

/**
 * What `sync140` sends: everything stored, then every change as it happens, and a sign of life every 3 seconds.
 * Packet: `u64 sequence | u8 kind | u8 operation | storage key`, and a block with the value if there is one.
 */
export function streamCopy({ db, clock, expiry }: Source, { send, tell }: StreamTarget): () => void {
  const packet = (sequence: bigint, kind: number, operation: number, key: string): string =>
    littleEndian(sequence) + String.fromCharCode(kind, operation) + key;
  send([packet(0n, Kind.copy, Operation.begin, ''), 'copy_begin']);
  for (const [key, value] of rawEntries(db)) {
    const operation = copyOperations[key.charAt(0)];
    if (operation !== undefined) send([packet(db.sequence, Kind.copy, operation, key), value]);
  }
  send([packet(db.sequence, Kind.copy, Operation.end, ''), 'copy_end']);
  const listener: ChangeListener = (operation, key, value) => {
    const head = packet(db.sequence, Kind.sync, operation, key);
    tell(value === undefined ? [head] : [head, value]);
  };
  db.listen(listener);
  const leave = expiry.attend();
  let timer: Timer;
  const again = (): void => {
    timer = clock.after(NOOP_EVERY_MS, () => {
      tell([packet(db.sequence, Kind.noop, Operation.none, '')]);
      again();
    });
  };
  again();
  return () => {
    db.unlisten(listener);
    leave();
    timer.cancel();
  };
}
