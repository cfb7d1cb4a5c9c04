import { MemoryServer } from '@kv/testkit/memory-transport';
import { expect, it } from 'vitest';
import { SingleRouter } from '../src/client/router.ts';
import { Client, LazyRouter, type Router, type RouterHost } from '../src/index.ts';
import { line, lineSetup } from './line-protocol.ts';
import { outcome } from './observe.ts';

/** A client whose router is loaded when the test says so. */
function lazyClient(
  server: MemoryServer,
  minBlocking = 0,
): {
  client: Client;
  finish: (error?: Error) => void;
  loads: () => number;
} {
  let finish: (error?: Error) => void = () => undefined;
  const loaded = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
  let loads = 0;
  const load = async (host: RouterHost): Promise<Router> => {
    loads++;
    await loaded;
    return new SingleRouter(host.endpoint({ address: server, addressText: 'memory' }));
  };
  const usual = lineSetup({ address: server });
  const pools = { ...usual.pools, blocking: { minSize: minBlocking, maxSize: 2 } };
  const client = new Client({ ...usual, pools }, (host) => new LazyRouter(host, () => load(host)));
  return { client, finish, loads: () => loads };
}

it('calls made before the router is loaded are written in their order when it is', async () => {
  const server = new MemoryServer();
  const { client, finish, loads } = lazyClient(server);
  expect(loads()).toBe(0);
  const answers = [client.send(line('a')), client.sendAll([line('b'), line('c')], { unit: true })];
  answers.push(client.send(line('d')));
  const lease = client.acquire();
  expect(loads()).toBe(1);
  finish();
  const peer = await server.next();
  await peer.take('a\nb\nc\nd\n');
  peer.send('+1\n+2\n+3\n+4\n');
  expect(await Promise.all(answers)).toEqual(['1', expect.objectContaining({ length: 2 }), '4']);
  await (await lease).release();
  expect(client.state).toBe('ready');
  expect(client.endpoints).toHaveLength(1);
  await client.close();
});

it('connect() waits for the connections for blocking commands of a router that it loads', async () => {
  let accept: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => {
    accept = resolve;
  });
  const server = new MemoryServer({ beforeConnect: (attempt) => (attempt === 0 ? undefined : accepted) });
  const { client, finish } = lazyClient(server, 2);
  finish();
  let isConnected = false;
  const connected = client.connect().then(() => {
    isConnected = true;
  });
  await expect.poll(() => server.attempts).toBe(3);
  await client.endpoints[0]?.shared.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isConnected).toBe(false);
  accept();
  await connected;
  expect(client.stats().connections.blocking.size).toBe(2);
  await client.close();
});

it('connect() rejects when the connections for blocking commands of a router that it loads fail', async () => {
  const refused = new Error('refused');
  const beforeConnect = (attempt: number): void => {
    if (attempt > 0) throw refused;
  };
  const { client, finish } = lazyClient(new MemoryServer({ beforeConnect }), 1);
  finish();
  await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION', cause: refused });
  await client.close();
});

it('a call that waits for the router keeps its deadline', async () => {
  const { client } = lazyClient(new MemoryServer());
  expect(await outcome(client.send(line('a'), { timeout: 5 }))).toBe('TIMEOUT notSent');
  await client.close();
});

it('a client that is closed before its router is loaded opens nothing, and its calls were not sent', async () => {
  const { client, finish } = lazyClient(new MemoryServer());
  const connected = outcome(client.connect());
  const call = outcome(client.send(line('a')));
  await client.close({ timeout: 0 });
  expect(await call).toBe('CLOSED notSent');
  finish();
  expect(await connected).toContain('CLOSED');
  expect(client.endpoints).toEqual([]);
});

it('a router that cannot be loaded fails the calls that wait for it', async () => {
  const { client, finish } = lazyClient(new MemoryServer());
  const call = outcome(client.send(line('a')));
  finish(new Error('no such file'));
  expect(await call).toBe('CONNECTION notSent');
  await client.close();
});
