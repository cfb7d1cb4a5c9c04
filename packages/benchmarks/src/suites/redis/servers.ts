import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRedis } from '@kv/testkit/redis-server';
import type { ServerPlace } from '../../suite.ts';
import { sendAll } from './prepare-server.ts';
import type { RedisPlace, RedisWorkload } from './workloads.ts';

type StartedServer = ServerPlace & AsyncDisposable;

const starts: Readonly<Record<RedisPlace, (prepare: RedisWorkload['prepare']) => Promise<StartedServer>>> = {
  unix: (prepare) => startSingle(prepare, true),
  tls: startTls,
  cluster: startSlots,
};

/** A fresh server of the kind that a workload wants, with the data that it reads. */
export function startServer({ place, prepare }: RedisWorkload): Promise<StartedServer> {
  return place === undefined ? startSingle(prepare, false) : starts[place](prepare);
}

async function startSingle(prepare: RedisWorkload['prepare'], unixSocket: boolean): Promise<StartedServer> {
  const server = await startRedis({ unixSocket });
  await sendAll(server, prepare);
  return server;
}

/** A server with a port for TLS, and one without on which it is filled. */
async function startTls(prepare: RedisWorkload['prepare']): Promise<StartedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kv-bench-tls-'));
  const { authority, certificate, key } = makeCertificates(folder);
  const port = await freePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority];
  const server = await startRedis({ args: ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files] });
  await sendAll(server, prepare);
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  return { host: server.host, port, caFile: authority, [Symbol.asyncDispose]: stop };
}

/** An authority, and a certificate of the server that it signed: some clients take no self-signed one. */
function makeCertificates(folder: string): { authority: string; certificate: string; key: string } {
  const file = (name: string): string => join(folder, name);
  const make = (name: string, ...args: readonly string[]): void => {
    const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`), '-subj', `/CN=${name}`];
    const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files];
    execFileSync('openssl', [...options, ...args], { stdio: 'ignore' });
  };
  make('authority');
  const signed = ['-CA', file('authority.crt'), '-CAkey', file('authority.key')];
  make('localhost', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE');
  return { authority: file('authority.crt'), certificate: file('localhost.crt'), key: file('localhost.key') };
}

/** Three primaries; each gets the keys of its slots. */
async function startSlots(prepare: RedisWorkload['prepare']): Promise<StartedServer> {
  const { startCluster } = await import('@kv/testkit/topology/cluster'); // only where it is needed: it loads a parser
  const cluster = await startCluster({ primaries: 3, replicas: 0 });
  for (const node of cluster.nodes) await sendAll(node, prepare, /^-MOVED/);
  const [{ host, port }] = cluster.nodes as readonly [ServerPlace, ...unknown[]];
  return { host, port, cluster: true, [Symbol.asyncDispose]: () => cluster.close() };
}
