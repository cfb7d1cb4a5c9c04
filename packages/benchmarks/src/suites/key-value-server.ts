import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { namedServer } from '@kv/testkit/server-under-test';
import { packageVersion, repository } from '../run/versions.ts';
import type { ServerPlace } from '../suite.ts';

/** The server that the environment names (KV_TEST_SSDB, KV_TEST_GIBSON), else one of `@kv/embedded` in its own process. */
export function keyValueServer(backend: 'ssdb' | 'gibson'): Promise<ServerPlace & AsyncDisposable> {
  const named = namedServer(backend);
  return named === undefined ? startEmbedded(backend) : Promise.resolve(named);
}

/** Name of the results: those of a real server are kept apart. */
export function resultsName(backend: 'ssdb' | 'gibson'): string {
  return namedServer(backend) === undefined ? `${backend}-embedded` : backend;
}

/** What the tables call the server, when it is not a real one. */
export function embeddedVersion(): [name: string, version: string] {
  return ['@kv/embedded', packageVersion('@kv/embedded')];
}

async function startEmbedded(backend: string): Promise<ServerPlace & AsyncDisposable> {
  const program = `${repository}packages/embedded/dist/cli.js`;
  const child = spawn(process.execPath, [program, `--${backend}`, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await printedPort(child);
  return { host: '127.0.0.1', port, [Symbol.asyncDispose]: () => end(child) };
}

async function printedPort({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('@kv/embedded has no output');
  for await (const line of createInterface(stdout)) {
    const found = /:(\d+)\/?$/.exec(line);
    if (found !== null) return Number(found[1]);
  }
  throw new Error('@kv/embedded ended before it listened');
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
