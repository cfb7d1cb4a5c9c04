import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type CommandArg, ErrorReply, encodeCommand, Reader, type Reply } from '@kv/resp-parser';
import { dialSocket, type RawAddress } from '../raw-client.ts';

/** A command as the server gets it: its name, then its arguments. */
export type RawCommand = readonly [name: string, ...args: CommandArg[]];

/** An error reply; `message` is its whole text. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/**
 * A RESP connection for tests: replies come in the order of the commands, nothing is repeated or redirected.
 *
 * @example
 * await using connection = await RespConnection.dial({ port: server.port });
 * await connection.ask('CLUSTER', 'MYID');
 */
export class RespConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  /** Pushes of RESP3 in the order of their arrival. */
  readonly pushes: Reply[][] = [];
  #over = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new Reader({ onPush: (push) => this.pushes.push(push) });
    socket.on('data', (bytes) => {
      for (const reply of reader.parse(bytes)) this.#pending.shift()?.resolve(reply);
    });
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => this.#closed());
  }

  /** Connects; rejects with the system's error. */
  static async dial(address: RawAddress): Promise<RespConnection> {
    const socket = dialSocket(address);
    await once(socket, 'connect');
    return new RespConnection(socket);
  }

  /** The connection is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** Sends one command; resolves with its reply, an error reply included; rejects when the connection ends first. */
  reply(...command: RawCommand): Promise<Reply> {
    if (this.#over) return Promise.reject(new Error(`${command[0]}: the connection is closed`));
    this.#socket.write(encodeCommand(...command));
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
    });
  }

  /** {@link reply}; rejects with {@link RefusedError} when the reply is an error. */
  async ask(...command: RawCommand): Promise<Reply> {
    const reply = await this.reply(...command);
    if (reply instanceof ErrorReply) throw new RefusedError(reply.message);
    return reply;
  }

  /** Sends several commands in one write; resolves with their replies, error replies included. */
  replies(...commands: readonly RawCommand[]): Promise<Reply[]> {
    this.#socket.cork();
    const all = commands.map((command) => this.reply(...command));
    this.#socket.uncork();
    return Promise.all(all);
  }

  /** Closes now; what is pending rejects. */
  close(): void {
    this.#socket.destroy();
    this.#closed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #closed(): void {
    this.#over = true;
    for (const one of this.#pending.splice(0)) one.reject(new Error('the connection ended before the reply'));
  }
}
