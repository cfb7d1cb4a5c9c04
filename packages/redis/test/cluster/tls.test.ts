/** Servers of a cluster behind TLS, each with a certificate of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { bulk } from '@kv/testkit/topology/resp-text';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import type { TlsName } from '../../src/topology/node-address.ts';
import { answers, failureOf, KEY, two } from './scripted.ts';

const NAMES = ['a.example', 'b.example'] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-cluster-tls-'));
  for (const name of NAMES) {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject];
    execFileSync('openssl', args, { stdio: 'ignore' });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** Takes TLS in the place of a node. Returns its port. */
async function encrypted(node: ScriptedNode, name: string, asked: Set<string>): Promise<number> {
  const server = createServer({ key: read(`${name}.key`), cert: read(`${name}.crt`) }, (socket: TLSSocket) => {
    asked.add(`${name} as ${String(socket.servername)}`);
    const plain = connect(node.port, node.host);
    socket.pipe(plain).pipe(socket);
    for (const end of [socket, plain]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { readonly port: number }).port;
}

/**
 * A cluster of two nodes that speak TLS, and a client that knows the first.
 *
 * @param nameOf the name to ask for, by the name that the certificate has
 */
async function secured(
  nameOf: (name: string | undefined) => string | undefined,
): Promise<{ readonly redis: Redis; readonly asked: Set<string> }> {
  const { a, b } = await two();
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  const asked = new Set<string>();
  const ports = [await encrypted(a, NAMES[0], asked), await encrypted(b, NAMES[1], asked)] as const;
  const natMap = { [a.address]: `127.0.0.1:${ports[0]}`, [b.address]: `127.0.0.1:${ports[1]}` };
  const tls = { ca: NAMES.map((name) => read(`${name}.crt`)) };
  const names = new Map([a.port, b.port, ports[0]].map((port, i) => [port, NAMES[i % 2]])); // the last is the seed
  const tlsName: TlsName = ({ port }) => nameOf(names.get(port));
  const redis = createRedis({ cluster: [`127.0.0.1:${ports[0]}`], tls }, { natMap, tlsName, timeout: 3000 });
  onTestFinished(() => redis.close());
  return { redis, asked };
}

it('each server is asked for the certificate of its own name, which tlsName tells [#179]', async () => {
  const { redis, asked } = await secured((name) => name);
  expect([await redis.get(KEY), await redis.get('a')]).toEqual(['a', 'b']);
  expect([...asked].toSorted()).toEqual(['a.example as a.example', 'b.example as b.example']);
});

it('a server whose certificate has another name is refused, and only that one [#179]', async () => {
  const { redis } = await secured(() => NAMES[0]);
  expect(await redis.get(KEY)).toBe('a');
  const refused = await failureOf(redis.with({ timeout: 500 }).get('a'));
  expect(refused).toMatchObject({ outcome: 'notSent' });
  expect(String((refused as Error).cause)).toMatch(/altnames|b\.example/);
});
