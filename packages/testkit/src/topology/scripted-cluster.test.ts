import { ErrorReply } from '@kv/resp-parser';
import { expect, test } from 'vitest';
import { RespConnection } from './resp-connection.ts';
import { array, ask, bulk, error, integer, moved, ok, push } from './resp-text.ts';
import { evenly, scriptedCluster } from './scripted-cluster.ts';
import type { ScriptedNode } from './scripted-node.ts';

test('nodes tell the map that a test sets, one of them another if the test says so', async () => {
  await using cluster = await scriptedCluster({ nodes: 2 });
  const [a, b] = cluster.nodes as [ScriptedNode, ScriptedNode];
  await using connection = await RespConnection.dial(a);
  const row = ({ endpoint, port, id }: ScriptedNode): unknown[] => [endpoint, port, id, []];
  expect(await connection.ask('CLUSTER', 'SLOTS')).toEqual([
    [0, 8191, row(a)],
    [8192, 16_383, row(b)],
  ]);
  a.view = { epoch: 7, state: 'fail', ranges: [{ first: 0, last: 5, nodes: [b, a] }] };
  expect(await connection.ask('CLUSTER', 'SLOTS')).toEqual([[0, 5, row(b), row(a)]]);
  expect(await connection.ask('CLUSTER', 'INFO')).toContain('cluster_state:fail\r\ncluster_current_epoch:7\r\n');
  expect(b.view).toEqual(evenly([a, b]));
});

test.each([null, '', '?', 'node.example'])('a node can be named by the endpoint %j', async (endpoint) => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.endpoint = endpoint;
  await using connection = await RespConnection.dial(node);
  expect(await connection.ask('CLUSTER', 'SLOTS')).toEqual([[0, 16_383, [endpoint, node.port, node.id, []]]]);
});

test('handshakes are answered in both protocols, and everything else with an error until the test has an answer', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  await using connection = await RespConnection.dial(node);
  expect(await connection.ask('HELLO', '2')).toEqual(expect.arrayContaining(['mode', 'cluster', 'role', 'master']));
  node.role = 'replica';
  expect(await connection.ask('HELLO', '3')).toEqual(expect.objectContaining({ size: 7 }));
  expect(await connection.replies(['READONLY'], ['ASKING'], ['PING'])).toEqual(['OK', 'OK', 'PONG']);
  expect(await connection.reply('GET', 'k')).toEqual(new ErrorReply('ERR GET: the test has no answer'));
  expect(node.countOf('GET')).toBe(1);
});

test('a test answers commands: redirects in a circle, refused transactions, any text', async () => {
  await using cluster = await scriptedCluster({ nodes: 2 });
  const [a, b] = cluster.nodes as [ScriptedNode, ScriptedNode];
  a.answer = ({ name }) => ({ GET: moved(1, b), MULTI: ok, SET: '+QUEUED\r\n', EXEC: error('MOVED 1 a/b:1') })[name];
  b.answer = ({ name, args }) => (name === 'GET' ? ask(Number(args[0]), a) : undefined);
  await using toA = await RespConnection.dial(a);
  await using toB = await RespConnection.dial(b);
  await expect(toA.ask('GET', '1')).rejects.toThrow(`MOVED 1 ${b.address}`);
  await expect(toB.ask('GET', '1')).rejects.toThrow(`ASK 1 ${a.address}`);
  const transaction = await toA.replies(['MULTI'], ['SET', 'k', 'v'], ['EXEC']);
  expect(transaction).toEqual(['OK', 'QUEUED', new ErrorReply('MOVED 1 a/b:1')]);
  expect(a.requests.map(({ name }) => name)).toEqual(['GET', 'MULTI', 'SET', 'EXEC']);
});

test('an answer may wait, and the answers behind it wait too', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  let release: (text: string) => void = () => {};
  const held = new Promise<string>((resolve) => {
    release = resolve;
  });
  node.answer = ({ name }) => (name === 'GET' ? held : undefined);
  await using connection = await RespConnection.dial(node);
  const replies = connection.replies(['GET', 'k'], ['PING']);
  await node.asked('PING');
  release(bulk('late'));
  expect(await replies).toEqual(['late', 'PONG']);
});

test('silence, pushes, resets, and a node that is gone and comes back on its port', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.answer = (request) => {
    if (request.name === 'DEL') request.reset();
    return request.name === 'GET' ? '' : undefined;
  };
  const connection = await RespConnection.dial(node);
  void connection.reply('GET', 'k').catch(() => {});
  await node.asked('GET');
  node.push(push(bulk('sunsubscribe'), bulk('ch'), integer(0)));
  node.push(array());
  await expect(connection.ask('DEL', 'k')).rejects.toThrow('the connection ended before the reply');
  expect(connection.pushes).toEqual([['sunsubscribe', 'ch', 0]]);

  const { port } = node;
  await node.stop();
  await expect(RespConnection.dial({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await node.start();
  await using again = await RespConnection.dial({ port });
  expect(await again.ask('PING')).toBe('PONG');
  expect(node.connections).toBe(1);
});
