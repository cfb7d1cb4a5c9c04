import { type Embedded, startEmbedded } from '@kv/embedded';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createConnection, createPool, createSsdb, type Pipeline } from '../src/index.ts';

let server: Embedded;
let url: string;
beforeAll(async () => {
  server = await startEmbedded({ ssdb: { port: 0 } });
  url = server.ssdb?.url ?? '';
});
afterAll(() => server.close());

interface Use {
  readonly of: (call: { timeout?: number; signal?: AbortSignal }) => { pipeline(): Pipeline };
  readonly end: () => unknown;
}

const uses: Record<string, () => Promise<Use>> = {
  client: async () => {
    const ssdb = createSsdb(url);
    await ssdb.connect();
    return { of: (call) => ssdb.with(call), end: () => ssdb.close() };
  },
  pool: async () => {
    const pool = await createPool(url);
    return { of: (call) => pool.with(call), end: () => pool.close() };
  },
  connection: async () => {
    const connection = await createConnection(url);
    return { of: (call) => connection.with(call), end: () => connection.close() };
  },
  lease: async () => {
    const pool = await createPool(url);
    onTestFinished(() => pool.close());
    const lease = await pool.acquire();
    return { of: (call) => lease.with(call), end: () => pool.release(lease) };
  },
};

async function use(name: string): Promise<Use> {
  const made = await (uses[name] as () => Promise<Use>)();
  onTestFinished(async () => void (await made.end()));
  return made;
}

test.each(Object.keys(uses))(
  'members of a pipeline of a %s that is never executed fail at their deadline',
  async (name) => {
    const pipeline = (await use(name)).of({ timeout: 300 }).pipeline();
    const error = {
      code: 'TIMEOUT',
      outcome: 'notSent',
      message: 'pipeline: execute() was not called in time (300 ms)',
    };
    await expect(Promise.all([pipeline.get('a'), pipeline.get('b')])).rejects.toMatchObject(error);
    await expect(pipeline.execute()).rejects.toMatchObject(error);
    void pipeline.set('a', 1);
    expect(await pipeline.execute()).toEqual([true]);
    await expect(pipeline.get('added after execute()')).rejects.toMatchObject(error);
  },
);

test.each(Object.keys(uses))(
  'members of a pipeline of a %s fail when the signal fires or the use ends',
  async (name) => {
    const { of, end } = await use(name);
    const abort = new AbortController();
    const aborted = of({ signal: abort.signal }).pipeline().get('a');
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', outcome: 'notSent' });
    const pipeline = of({ timeout: 0 }).pipeline();
    const member = pipeline.get('a');
    void end();
    await expect(member).rejects.toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    await expect(pipeline.execute()).rejects.toMatchObject({ code: 'CLOSED' });
  },
);
