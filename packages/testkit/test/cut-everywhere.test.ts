import { type Embedded, type EmbeddedServer, startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { set } from '@kv/redis/commands';
import { createSsdb } from '@kv/ssdb';
import { describe, expect, test } from 'vitest';
import { type Cut, CuttingLine, type OpenLine } from '../src/cutting-line.ts';

/** What is done with each backend. */
interface Subject {
  connect(): Promise<void>;
  /** Adds one. */
  count(): Promise<unknown>;
  read(): Promise<unknown>;
  /** Stores two keys, both or none. */
  both(): Promise<unknown>;
  close(options: { timeout: number }): Promise<void>;
}

type Backend = 'redis' | 'ssdb' | 'gibson';
type Call = 'count' | 'read' | 'both';

/** Hundreds of clients run at once: no deadline but the one that a case is about may end a call. */
const patient = { timeout: 60_000, connectTimeout: 60_000 };

const common = { ...patient, backoff: { min: 1, max: 1 } };

function subjectOf(backend: Backend, connect: OpenLine, more: { timeout?: number } = {}): Subject {
  const options = { ...common, ...more };
  if (backend === 'ssdb') {
    const ssdb = createSsdb({ connect }, { ...options, connections: 1 }); // the connection that is cut
    return bound(
      ssdb,
      () => ssdb.incr('c'),
      () => ssdb.get('c'),
      () => ssdb.multiSet({ a: '1', b: '1' }),
    );
  }
  if (backend === 'gibson') {
    const gibson = createGibson({ connect }, options);
    return bound(
      gibson,
      () => gibson.inc('c'),
      () => gibson.get('c'),
      unsupported,
    );
  }
  const redis = createRedis({ connect }, { ...options, name: 'cut' });
  const both = (): Promise<unknown> => {
    const transaction = redis.multi();
    void transaction.send(set('a', '1'));
    void transaction.send(set('b', '1'));
    return transaction.execute();
  };
  return bound(
    redis,
    () => redis.incr('c'),
    () => redis.get('c'),
    both,
  );
}

function bound(
  client: Pick<Subject, 'connect' | 'close'>,
  count: Subject['count'],
  read: Subject['read'],
  both: Subject['both'],
): Subject {
  return { count, read, both, connect: () => client.connect(), close: () => client.close({ timeout: 0 }) };
}

const unsupported = (): Promise<never> => Promise.reject(new Error('Gibson stores one key at a time'));

interface Server {
  readonly embedded: Embedded;
  readonly connect: OpenLine;
}

async function start(backend: Backend): Promise<Server> {
  const embedded = await startEmbedded({ [backend]: true });
  const { address } = embedded[backend] as EmbeddedServer;
  return { embedded, connect: (address as { connect: OpenLine }).connect };
}

/** Where one call begins and ends in the bytes of its line: after the handshake, after the reply. */
async function measure(backend: Backend, call: Call): Promise<Record<'written' | 'received', [number, number]>> {
  const { embedded, connect } = await start(backend);
  const line = new CuttingLine(connect);
  const subject = subjectOf(backend, line.connect);
  await subject.connect();
  const { written, received } = line;
  await subject[call]();
  await subject.close({ timeout: 0 });
  await embedded.close();
  return { written: [written, line.written], received: [received, line.received] };
}

interface Run {
  readonly ending: unknown;
  /** What the server has of the call: the counter, or how many of the two keys. */
  readonly done: number;
  /** Bytes the client gave to the connection that was cut. */
  readonly written: number;
}

/** One call on a connection that is cut there; `away`: the server cannot be reached any more then. */
async function runCut(backend: Backend, call: Call, cut: Cut, away: boolean): Promise<Run> {
  const { embedded, connect } = await start(backend);
  const line = new CuttingLine(connect, cut);
  line.away = away;
  const subject = subjectOf(backend, line.connect, away ? { timeout: 1500 } : {});
  const ending = await subject[call]().then(
    (value) => ({ value }),
    ({ outcome }: { outcome?: string }) => outcome ?? 'an error without outcome',
  );
  await subject.close({ timeout: 0 });
  const done = await countDone(backend, call, connect);
  await embedded.close();
  return { ending, done, written: line.written };
}

async function countDone(backend: Backend, call: Call, connect: OpenLine): Promise<number> {
  const keys = call === 'both' ? ['a', 'b'] : ['c'];
  const client =
    backend === 'redis'
      ? createRedis({ connect }, patient)
      : backend === 'ssdb'
        ? createSsdb({ connect }, patient)
        : createGibson({ connect }, patient);
  const values = await Promise.all(keys.map((key) => client.get(key)));
  await client.close();
  return values.reduce((sum: number, value) => sum + Number(value ?? 0), 0);
}

const inWords = (ending: unknown): unknown => (typeof ending === 'object' ? 'a value' : ending);

const range = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

const cases: [Backend, Call][] = [
  ['redis', 'count'],
  ['redis', 'both'],
  ['ssdb', 'count'],
  ['ssdb', 'both'],
  ['gibson', 'count'],
];

describe.each(cases)('72, 73, pain 1, pain 4: %s, %s, cut at every byte', (backend, call) => {
  const whole = call === 'both' ? 2 : 1;

  test('of the request: moves or is unknown, never both, and never half', async () => {
    const { written } = await measure(backend, call);
    const [begin, end] = written;
    expect(end).toBeGreaterThan(begin);
    const runs = await Promise.all(range(end + 1).map((toServer) => runCut(backend, call, { toServer }, false)));
    for (const [at, { ending, done }] of runs.entries()) {
      const left = at > begin;
      expect({ at, ending: inWords(ending), done }).toEqual({
        at,
        ending: left ? 'unknown' : 'a value',
        done: left && at < end ? 0 : whole,
      });
    }
  });

  test('of the request, and the server stays away: not sent exactly when no byte of it left', async () => {
    const { written } = await measure(backend, call);
    const [begin, end] = written;
    const runs = await Promise.all(range(end + 1).map((toServer) => runCut(backend, call, { toServer }, true)));
    for (const [at, { ending, done, written: given }] of runs.entries()) {
      const left = at > begin;
      expect({ at, left: given > begin }).toEqual({ at, left });
      expect({ at, ending, done }).toEqual({ at, ending: left ? 'unknown' : 'notSent', done: at < end ? 0 : whole });
    }
  });

  test('of the reply: unknown until its last byte, and it ran once', async () => {
    const { received } = await measure(backend, call);
    const [begin, end] = received;
    const runs = await Promise.all(range(end + 1).map((toClient) => runCut(backend, call, { toClient }, false)));
    for (const [at, { ending, done }] of runs.entries()) {
      const expected = at > begin && at < end ? 'unknown' : 'a value';
      expect({ at, ending: inWords(ending), done }).toEqual({ at, ending: expected, done: whole });
    }
  });
});

test.each<Backend>(['redis', 'ssdb', 'gibson'])('74: %s: a read is repeated wherever it is cut', async (backend) => {
  const { written, received } = await measure(backend, 'read');
  const cuts: Cut[] = [
    ...range(written[1] + 1).map((toServer) => ({ toServer })),
    ...range(received[1] + 1).map((toClient) => ({ toClient })),
  ];
  const runs = await Promise.all(cuts.map((cut) => runCut(backend, 'read', cut, false)));
  expect(runs.map(({ ending }) => ending)).toEqual(cuts.map(() => ({ value: null })));
});
