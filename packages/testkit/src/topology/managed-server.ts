import type { Reply } from '@kv/resp-parser';
import { RedisServer, type RedisServerOptions } from '../redis-server.ts';
import { type RawCommand, RespConnection } from './resp-connection.ts';

/** How long a process may take to answer the tools before they count it as silent, in milliseconds. */
const PATIENCE = 2000;

/** One child process of a rig, with a connection for the tools. */
export class ManagedServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #options: RedisServerOptions;
  #process: RedisServer | undefined;
  #connection: Promise<RespConnection> | undefined;
  #frozen = false;

  constructor(options: RedisServerOptions, port: number) {
    this.port = port;
    this.#options = options;
  }

  /** The child process. Made when it is wanted first, since it has a folder. */
  get process(): RedisServer {
    this.#process ??= new RedisServer(this.#options, this.port);
    return this.#process;
  }

  /** Its process runs and is not frozen. */
  get answers(): boolean {
    return this.process.pid !== undefined && !this.#frozen;
  }

  /** Starts the process, if it does not run; resolves when it answers. */
  start(): Promise<void> {
    return this.process.start();
  }

  /** Asks on the connection of the tools; rejects with RefusedError, or when the process is silent or gone. */
  async ask(...command: RawCommand): Promise<Reply> {
    const connection = await this.#connected();
    const timer = setTimeout(() => connection.close(), PATIENCE);
    try {
      return await connection.ask(...command);
    } finally {
      clearTimeout(timer);
    }
  }

  /** {@link ask} for a reply that is text. */
  async askText(...command: RawCommand): Promise<string> {
    const reply = await this.ask(...command);
    if (typeof reply !== 'string') throw new TypeError(`${command[0]}: the reply is no text`);
    return reply;
  }

  /** Another connection; the caller closes it. */
  dial(): Promise<RespConnection> {
    return RespConnection.dial(this);
  }

  /** SIGKILL; resolves when the process is gone. Its folder stays, so that `start` continues with its configuration. */
  async kill(): Promise<void> {
    await this.process.kill();
    this.#frozen = false;
  }

  /** SIGSTOP: its connections stay, nothing answers. */
  freeze(): void {
    this.process.pause();
    this.#frozen = true;
  }

  /** SIGCONT. */
  thaw(): void {
    this.process.resume();
    this.#frozen = false;
  }

  /** Kills the process and removes its folder. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await this.kill(); // in order it would wait for its replicas
    await this.process.stop();
    await connection?.then(
      (open) => open.close(),
      () => {},
    );
  }

  async #connected(): Promise<RespConnection> {
    const before = this.#connection;
    const known = await before?.catch(() => undefined);
    if (known !== undefined && !known.over) return known;
    if (this.#connection === before) this.#connection = RespConnection.dial(this);
    return this.#connection as Promise<RespConnection>;
  }
}
