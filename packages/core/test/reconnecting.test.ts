import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionEvent, type KvError, openSingle } from '../src/index.ts';
import { line, lineClient, lineSetup } from './line-protocol.ts';
import { outcome } from './observe.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

let away = false;

beforeEach(() => {
  vi.useFakeTimers();
  away = false;
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server that refuses connections while it is away, and answers each command line with what `reply` says. */
function answering(reply: (text: string, peer: MemoryPeer) => string | undefined): MemoryServer {
  return new MemoryServer({
    beforeConnect: () => {
      if (away) throw new Error('refused');
    },
    onConnect: (peer) => {
      peer.onData = (bytes) => {
        for (const text of Buffer.from(bytes).toString().trimEnd().split('\n')) {
          const answer = reply(text, peer);
          if (answer !== undefined) peer.send(answer);
        }
      };
    },
  });
}

describe('backoff as a function', () => {
  const delays = [10, 20, undefined];
  const backoff = { min: 50, max: 2000, delay: (failures: number) => delays[failures - 1] };

  it('says the wait before each attempt, and ends the attempts; the next call begins again', async () => {
    const server = answering(() => '+ok\n');
    away = true;
    const client = lineClient({ address: server, backoff });
    const heard: string[] = [];
    client.on('connection', ({ event, attempt, delayMs }) => heard.push([event, attempt, delayMs].join(' ').trim()));
    const call = outcome(client.send(line('a')));
    await vi.advanceTimersByTimeAsync(100);
    expect(await call).toBe('CONNECTION notSent');
    expect(client.state).toBe('idle');
    expect(heard).toEqual([
      'connecting 1',
      'failed 1',
      'waiting 2 10',
      'connecting 2',
      'failed 2',
      'waiting 3 20',
      'connecting 3',
      'failed 3',
      'gaveUp 1',
    ]);
    away = false;
    const again = outcome(client.send(line('a')));
    await vi.advanceTimersByTimeAsync(100);
    expect(await again).toBe('ok');
    await client.close({ timeout: 0 });
  });

  it('gets the error of the last attempt, and gives up where the function throws', async () => {
    const server = answering(() => '+ok\n');
    away = true;
    const causes: string[] = [];
    const delay = (_: number, cause: KvError): number => {
      causes.push(cause.code);
      throw new Error('mine');
    };
    const client = lineClient({ address: server, backoff: { min: 50, max: 2000, delay } });
    const call = outcome(client.send(line('a')));
    await vi.advanceTimersByTimeAsync(100);
    expect([await call, causes]).toEqual(['CONNECTION notSent', ['CONNECTION']]);
    await client.close({ timeout: 0 });
  });

  it('may refuse to come back after a connection was lost', async () => {
    const server = answering((text, peer) => {
      if (text === 'die') peer.close(new Error('reset'));
      return text === 'die' ? undefined : '+ok\n';
    });
    const client = lineClient({ address: server, backoff: { min: 50, max: 2000, delay: () => null } });
    await client.connect();
    const lost = outcome(client.send(line('die')));
    await vi.advanceTimersByTimeAsync(100);
    expect([await lost, client.state, server.attempts]).toEqual(['CONNECTION unknown', 'idle', 1]);
    await client.close({ timeout: 0 });
  });
});

describe('reconnect()', () => {
  it('ends the wait after failures: the server that is back is found at once', async () => {
    const server = answering(() => '+ok\n');
    away = true;
    const client = lineClient({ address: server, backoff: { min: 50, max: 2000, delay: () => 60_000 } });
    const call = outcome(client.send(line('a')));
    await vi.advanceTimersByTimeAsync(100);
    expect(client.state).toBe('connecting');
    away = false;
    await client.reconnect();
    expect(await call).toBe('ok');
    await client.close({ timeout: 0 });
  });

  it('lets calls that were sent have their answers from the connection that is replaced', async () => {
    const server = answering(() => undefined);
    const client = lineClient({ address: server });
    await client.connect();
    const call = outcome(client.send(line('slow')));
    await vi.advanceTimersByTimeAsync(1);
    await client.reconnect();
    expect(server.attempts).toBe(2);
    server.peers[0]?.send('+late\n');
    expect(await call).toBe('late');
    await client.close({ timeout: 0 });
  });
});

describe('a single connection', () => {
  it('tells that it was lost, and why, and is closed', async () => {
    const server = answering(() => '+ok\n');
    const { client } = await openSingle(lineSetup({ address: server }));
    const heard: (Pick<ConnectionEvent, 'event'> & { readonly cause: string | undefined })[] = [];
    client.on('connection', ({ event, cause }) => heard.push({ event, cause: cause?.message }));
    client.on('state', ({ to }) => heard.push({ event: to as 'closed', cause: undefined }));
    server.peers[0]?.close(new Error('reset'));
    await vi.advanceTimersByTimeAsync(100);
    expect(heard).toContainEqual({ event: 'lost', cause: 'The connection was lost' });
    expect(heard.at(-1)).toEqual({ event: 'closed', cause: undefined });
    expect([client.state, server.attempts]).toEqual(['closed', 1]);
  });
});
