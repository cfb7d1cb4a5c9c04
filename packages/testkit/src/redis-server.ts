import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from './child-guard.ts';
import { listenOnLoopback, stopListening } from './listening.ts';
import { RawClient } from './raw-client.ts';

/** What kind of server is wanted. */
export interface RedisServerOptions {
  /** Program to start; default: KV_TEST_REDIS_SERVER, else `redis-server` (a `valkey-server` takes the same options). */
  readonly program?: string;
  /** Port; default: a free one. */
  readonly port?: number;
  /** Listen on a unix socket in the server's folder, and on no port. */
  readonly unixSocket?: boolean;
  /** Password of the default user (`requirepass`). */
  readonly password?: string;
  /** ACL users, each as `ACL SETUSER` takes it: `'alice on >secret ~* &* +@all'`. */
  readonly users?: readonly string[];
  /** Further command-line options: `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
  /** Text of a configuration file in the server's folder, which the server may rewrite; default: none. */
  readonly configuration?: string;
}

/**
 * Starts a server as a child process, on 127.0.0.1 only, without persistence, with its files in a temporary folder.
 * Resolves when it answers PING; rejects with its log when it does not come up.
 *
 * @example
 * await using server = await startRedis();
 * await using redis = createRedis(server.url);
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new RedisServer(options, options.port ?? (await freePort()));
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Somebody may have taken the free port in the meantime.
      if (attempt === 5 || options.port !== undefined || !String(error).includes('in use')) throw error;
    }
  }
}

/** What the log of a server says when it is up; the second one is a sentinel. */
const READY = /ready to accept|sentinel id is/i;

/** A child process with a server; see {@link startRedis}. */
export class RedisServer implements AsyncDisposable {
  readonly host = '127.0.0.1';
  /** 0 with a unix socket. */
  readonly port: number;
  /** The unix socket. */
  readonly path: string | undefined;
  /** Where its files are; removed by `stop`. */
  readonly folder: string;
  readonly #options: RedisServerOptions;
  #child: ChildProcess | undefined;

  constructor(options: RedisServerOptions, port: number) {
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'kv-redis-'));
    this.path = options.unixSocket ? join(this.folder, 'redis.sock') : undefined;
    this.port = options.unixSocket ? 0 : port;
    if (options.configuration !== undefined) writeFileSync(this.#configurationFile, options.configuration);
  }

  /** Address of the default user, with its password. */
  get url(): string {
    const { password } = this.#options;
    const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return this.path === undefined ? `redis://${login}${this.host}:${this.port}` : `redis+unix://${login}${this.path}`;
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The server's own log. */
  get log(): string {
    try {
      return readFileSync(join(this.folder, 'redis.log'), 'utf8');
    } catch {
      return '';
    }
  }

  /** Starts it, if it does not run; resolves when it answers. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { KV_TEST_REDIS_SERVER: usual = 'redis-server' } = process.env;
    const program = this.#options.program ?? usual;
    const logged = this.log.length;
    const child = spawn(program, this.#arguments(), { stdio: 'ignore' });
    this.#child = child;
    endWithUs(child);
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    let failed: Error | undefined;
    child.once('error', (error) => {
      failed = error;
      this.#child = undefined;
    });
    const deadline = performance.now() + 20_000;
    // A stranger on the same port would answer PING too: our own log must say that it is ours.
    while (!READY.test(this.log.slice(logged)) || !(await this.#answers())) {
      if (failed !== undefined) throw failed;
      if (this.#child !== child) throw new Error(`${program} ended at once:\n${this.log}`);
      if (performance.now() > deadline) throw new Error(`${program} does not answer:\n${this.log}`);
      await sleep(10);
    }
  }

  /** Ends it in order and removes its folder. */
  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends it in the hardest way; its data is gone. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Kills it, if it runs, and starts it on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Freezes the process: its connections stay, nothing answers. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Ends `pause`. */
  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #configurationFile(): string {
    return join(this.folder, 'redis.conf');
  }

  #arguments(): string[] {
    const { password, users = [], args = [], configuration } = this.#options;
    return [
      ...(configuration === undefined ? [] : [this.#configurationFile]),
      ...['--port', String(this.port), '--bind', '127.0.0.1', '--protected-mode', 'no'],
      ...(this.path === undefined ? [] : ['--unixsocket', this.path]),
      ...['--dir', this.folder, '--logfile', join(this.folder, 'redis.log'), '--daemonize', 'no'],
      ...['--save', '', '--appendonly', 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...users.flatMap((user) => ['--user', ...user.split(' ')]),
      ...args,
    ];
  }

  /** Up: it says PONG, or that it wants a password first. */
  async #answers(): Promise<boolean> {
    try {
      await using socket = await RawClient.dial(this);
      socket.write('PING\r\n');
      return /^\+PONG|^-NOAUTH/.test(await socket.readText(7));
    } catch {
      return false;
    }
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await stopListening(server);
  return port;
}
