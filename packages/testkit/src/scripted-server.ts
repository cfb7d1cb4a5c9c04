import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { listenOnLoopback, listenOnPath, stopListening } from './listening.ts';
import { type Expected, type ReplyOptions, ScriptedPeer } from './scripted-peer.ts';

/** One exchange of a script written as data. */
export interface Step extends ReplyOptions {
  /** What must arrive first; absent: nothing is awaited. */
  readonly expect?: Expected;
  /** What is sent then. */
  readonly reply?: string | Uint8Array;
  /** Orderly end after the reply. */
  readonly close?: boolean;
  /** TCP reset after the reply. */
  readonly reset?: boolean;
}

/** A function is called for each connection; with lists, connection n follows list n and one more is a failure. */
export type Script = ((peer: ScriptedPeer) => Promise<void> | void) | readonly (readonly Step[])[];

/** Where a scripted server listens. */
export interface ScriptedServerOptions {
  /** Unix socket to listen on instead of a free port of 127.0.0.1. */
  readonly path?: string;
  /** How long one `expect` may wait, in milliseconds; default 20,000. */
  readonly timeout?: number;
}

/** A real server whose every byte a test decides. */
export interface ScriptedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly path: string | undefined;
  /** Connections so far, in order of arrival; closed ones too. */
  readonly peers: readonly ScriptedPeer[];
  /** Resolves when `count` connections have come. */
  connected(count: number): Promise<void>;
  /** Resolves when the scripts of all connections so far are through; rejects with the first failure. */
  done(): Promise<void>;
  /** Cuts what is open, stops listening, and rejects with the first failure of a script that `done` has not reported. */
  close(): Promise<void>;
}

/**
 * Starts a server that follows a script. A script that fails (unexpected bytes, connection gone while it waits) resets
 * its connection, so that the client under test notices, and the failure comes out of `done()` or `close()`.
 *
 * @example
 * await using server = await scriptedServer(async (peer) => {
 *   await peer.expect('*1\r\n$4\r\nPING\r\n');
 *   await peer.reply('+PONG\r\n', { pieces: 1 });
 * });
 */
export async function scriptedServer(script: Script, options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const running = new Scripts(script, options.timeout ?? 20_000);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => running.start(socket));
  const port = options.path === undefined ? await listenOnLoopback(server) : await onPath(server, options.path);
  const close = async (): Promise<void> => {
    for (const peer of running.peers) peer.destroy();
    await stopListening(server);
    await running.done();
  };
  return {
    host: '127.0.0.1',
    port,
    path: options.path,
    peers: running.peers,
    connected: (count) => running.connected(count),
    done: () => running.done(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function onPath(server: Server, path: string): Promise<number> {
  await listenOnPath(server, path);
  return 0;
}

class Scripts {
  readonly peers: ScriptedPeer[] = [];
  readonly #script: Script;
  readonly #timeout: number;
  readonly #runs: Promise<void>[] = [];
  readonly #failures: unknown[] = [];
  readonly #waiting: { count: number; resolve: () => void }[] = [];

  constructor(script: Script, timeout: number) {
    this.#script = script;
    this.#timeout = timeout;
  }

  start(socket: Socket): void {
    const peer = new ScriptedPeer(socket, this.peers.length, this.#timeout);
    this.peers.push(peer);
    this.#runs.push(this.#run(peer));
    for (const wait of this.#waiting) if (wait.count <= this.peers.length) wait.resolve();
  }

  connected(count: number): Promise<void> {
    if (this.peers.length >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }

  async done(): Promise<void> {
    await Promise.all(this.#runs);
    const [first] = this.#failures.splice(0);
    if (first !== undefined) throw first;
  }

  async #run(peer: ScriptedPeer): Promise<void> {
    try {
      if (typeof this.#script === 'function') await this.#script(peer);
      else await follow(peer, this.#script[peer.index]);
    } catch (error) {
      await turn(); // a reset in the turn of the accept would look like a refused connection
      if (!peer.abandoned) this.#failures.push(error);
      peer.reset();
    }
  }
}

async function follow(peer: ScriptedPeer, steps: readonly Step[] | undefined): Promise<void> {
  if (steps === undefined) throw new Error(`connection ${peer.index} came, the script has no steps for it`);
  for (const step of steps) {
    if (step.expect !== undefined) await peer.expect(step.expect);
    if (step.reply !== undefined) await peer.reply(step.reply, step);
    if (step.close) peer.end();
    if (step.reset) peer.reset();
  }
}
