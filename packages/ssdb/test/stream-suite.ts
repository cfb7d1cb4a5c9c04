import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type AddressInput, createSsdb, type Ssdb, type SyncEntry } from '../src/index.ts';

const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

/** The plain keys that an entry changes, as text. */
function change({ command, key, value }: SyncEntry): unknown {
  return key?.type === 'kv' ? [command, text(key.key), text(value)] : command;
}

/** The server refuses it as long as it has not noticed that the stream of the test before is gone. */
async function empty(ssdb: Ssdb): Promise<void> {
  await expect.poll(() => ssdb.flushdb().then(() => 'empty', String)).toBe('empty');
}

/** `dump` and `sync140` on a server whose data may be deleted; `hasLog`: it can go on after a sequence number. */
export function streamSuite(address: AddressInput, hasLog: boolean): void {
  describe('streams', () => {
    streams(address, hasLog);
  });
}

function streams(address: AddressInput, hasLog: boolean): void {
  test('a dump has everything, more than a reader keeps, in the order of the storage', async () => {
    await using ssdb = createSsdb(address);
    await empty(ssdb);
    const keys = Array.from({ length: 2000 }, (_, i) => `key:${String(i).padStart(5, '0')}`);
    await ssdb.multiSet(keys.map((key): [string, string] => [key, `value of ${key}`]));
    const seen: unknown[] = [];
    for await (const { key, value } of ssdb.dump({ start: 'k', end: 'l' })) {
      seen.push([key?.type === 'kv' ? text(key.key) : key, text(value)]);
    }
    expect(seen).toEqual(keys.map((key) => [key, `value of ${key}`]));
  });

  test('a reader that takes its time is not taken for a dead server', async () => {
    await using ssdb = createSsdb(address, { liveness: { idle: 10, grace: 10 } });
    await ssdb.multiSet(Array.from({ length: 2000 }, (_, i): [string, string] => [`slow:${i}`, 'x'.repeat(1000)]));
    let count = 0;
    for await (const entry of ssdb.dump({ start: 'kslow:', end: 'kslow;' })) {
      expect(entry.value).toHaveLength(1000);
      if (++count === 1) await sleep(200); // many times as long as a silent server is given
    }
    expect(count).toBe(2000);
  });

  test('leaving a dump early ends its connection, the client goes on', async () => {
    await using ssdb = createSsdb(address);
    await ssdb.multiSet({ a: 1, b: 2 });
    for await (const { key } of ssdb.dump()) {
      expect(key).not.toBeNull();
      break;
    }
    expect(ssdb.stats().connections.streams.size).toBe(0);
    expect(await ssdb.get('a')).toBe('1');
  });

  test('a sync: a copy first, then every change', async () => {
    await using ssdb = createSsdb(address);
    await empty(ssdb);
    await ssdb.set('before', 1);
    const seen: unknown[] = [];
    for await (const entry of ssdb.sync140()) {
      if (entry.type === 'noop') continue;
      seen.push(change(entry));
      if (entry.command === 'end') await ssdb.set('after', 2);
      if (entry.type === 'sync') break;
    }
    expect(seen).toEqual(['begin', ['set', 'before', '1'], 'end', ['set', 'after', '2']]);
  });

  test('a sync ends at once on return(), also while it waits for a change', async () => {
    await using ssdb = createSsdb(address);
    const sync = ssdb.sync140();
    let entry = await sync.next();
    while (entry.value?.command !== 'end') entry = await sync.next();
    const end = { done: true, value: undefined };
    expect(await Promise.all([sync.next(), sync.return()])).toEqual([end, end]);
    expect(ssdb.stats().connections.streams.size).toBe(0);
  });

  test('a sync tells what happens to a queue', async () => {
    await using ssdb = createSsdb(address);
    await ssdb.qclear('kitchen');
    await ssdb.qpush('kitchen', 'soup', 'fish', 'cake');
    const seen: unknown[] = [];
    for await (const { command, type, key, value } of ssdb.sync140()) {
      if (key?.type === 'queue' && text(key.name) === 'kitchen') {
        seen.push([command, key.sequence, (key.sequence ?? 4n) > 3n ? text(value) : value?.length]);
      }
      if (command === 'end') {
        await ssdb.qpop('kitchen');
        await ssdb.qpopBack('kitchen');
        await ssdb.qpush('kitchen', 'last');
      }
      if (type === 'sync' && command === 'qpush_back') break;
    }
    const first = 2n ** 62n - 1n;
    expect(seen).toEqual([
      ['qpush_back', 2n, 8],
      ['qpush_back', 3n, 8],
      ['qpush_back', first, 'soup'],
      ['qpush_back', first + 1n, 'fish'],
      ['qpush_back', first + 2n, 'cake'],
      ['qpop_front', null, null],
      ['qpop_back', null, null],
      ['qpush_back', first + 2n, 'last'],
    ]);
  });

  test.skipIf(!hasLog)('a sync goes on after a sequence number (the embedded server keeps no log)', async () => {
    await using ssdb = createSsdb(address);
    const sequences: bigint[] = [];
    for await (const { sequence, command } of ssdb.sync140()) {
      sequences.push(sequence);
      if (command === 'end') break;
    }
    await ssdb.set('while away', 1);
    for await (const entry of ssdb.sync140({ lastSeq: sequences.at(-1) })) {
      if (entry.type !== 'sync') continue;
      expect(change(entry)).toEqual(['set', 'while away', '1']);
      break;
    }
  });

  test('wrong options are refused when the stream begins', async () => {
    await using ssdb = createSsdb(address);
    await expect(ssdb.dump({ limit: -2 }).next()).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(ssdb.sync140({ lastSeq: -1 }).next()).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  test('closing the client ends a stream', async () => {
    const ssdb = createSsdb(address);
    const stream = ssdb.sync140();
    await stream.next();
    const rest = (async () => {
      for await (const entry of stream) void entry;
    })();
    await ssdb.close();
    await expect(rest).rejects.toMatchObject({ code: 'CLOSED' });
  });
}
