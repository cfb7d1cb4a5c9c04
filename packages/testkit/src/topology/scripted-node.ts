import { createServer, type Server, type Socket } from 'node:net';
import { Reader } from '@kv/resp-parser';
import { listenOnLoopback, stopListening } from '../listening.ts';
import { freePorts } from './ports.ts';
import { array, bulk, error, integer, map, nothing, ok } from './resp-text.ts';
import { waitFor } from './wait.ts';

/** A range of slots and the nodes that serve it, the primary in front. */
export interface ViewRange {
  readonly first: number;
  readonly last: number;
  readonly nodes: readonly ScriptedNode[];
}

/** What a node tells about the cluster. */
export interface View {
  readonly ranges: readonly ViewRange[];
  /** `cluster_current_epoch`. */
  readonly epoch: number;
  /** Default: the state is ok. */
  readonly state?: 'ok' | 'fail';
}

/** A command that came. */
export interface ScriptedRequest {
  /** In upper case. */
  readonly name: string;
  readonly args: readonly string[];
  /** Number of the connection, 0 for the node's first one, and its protocol. */
  readonly connection: number;
  readonly protocol: 2 | 3;
  /** Number of the read of its connection that brought it. What was written at once mostly comes in one read. */
  readonly read: number;
  /** Ends the connection; what the answer says is not sent any more. */
  reset(): void;
}

/** RESP text, `''` for silence; `undefined`: what a node says by default. A promise holds back later answers too. */
export type Answer = string | undefined | Promise<string | undefined>;

interface Connection {
  readonly socket: Socket;
  readonly index: number;
  protocol: 2 | 3;
  reads: number;
  /** The answers so far: the next one is sent after them. */
  sent: Promise<void>;
}

/** A server that looks like a node of a cluster. */
export class ScriptedNode {
  readonly host = '127.0.0.1';
  /** 40 characters, as real ones have. */
  readonly id: string;
  #port = 0;
  /** What CLUSTER SLOTS and CLUSTER INFO of this node tell. */
  view: View = { ranges: [], epoch: 0 };
  /** The endpoint by which maps name this node: `null`, `''` and `'?'` are what servers say that do not know it. */
  endpoint: string | null = this.host;
  /** What HELLO says. */
  role: 'master' | 'replica' = 'master';
  /** Answers commands in the place of the node. */
  answer: (request: ScriptedRequest) => Answer = () => undefined;
  /** Everything that was asked, in the order of arrival. */
  readonly requests: ScriptedRequest[] = [];
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #accepted = 0;

  constructor(index: number) {
    this.id = String(index).padStart(40, '0');
  }

  /** 0 before the first start; the same after a restart. */
  get port(): number {
    return this.#port;
  }

  /** `host:port` */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Listens, on the same port as before. */
  async start(): Promise<void> {
    if (this.#port === 0) [this.#port = 0] = await freePorts(1);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    await listenOnLoopback(this.#server, this.#port);
  }

  /** Ends all connections; new ones are refused. */
  async stop(): Promise<void> {
    for (const { socket } of this.#connections) socket.destroy();
    if (this.#server !== undefined) await stopListening(this.#server);
  }

  /** Sends RESP text on all connections, unasked. */
  push(text: string): void {
    for (const { socket } of this.#connections) socket.write(text);
  }

  /** Resolves when commands of this name have come `count` times. */
  async asked(name: string, count = 1): Promise<void> {
    const enough = (): true | undefined => this.countOf(name) >= count || undefined;
    await waitFor(`${count} times ${name}`, enough, { every: 2 });
  }

  /** How often commands of this name have come. */
  countOf(name: string): number {
    return this.requests.filter((request) => request.name === name).length;
  }

  #accept(socket: Socket): void {
    const connection: Connection = { socket, index: this.#accepted++, protocol: 2, reads: 0, sent: Promise.resolve() };
    const reader = new Reader();
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
    socket.on('error', () => {}); // 'close' follows
    socket.on('data', (bytes) => {
      connection.reads++;
      for (const command of reader.parse(bytes)) this.#asked(connection, command as string[]);
    });
  }

  #asked(connection: Connection, [name = '', ...args]: readonly string[]): void {
    const { socket, index } = connection;
    if (name.toUpperCase() === 'HELLO' && args[0] === '3') connection.protocol = 3;
    const reset = (): void => void socket.resetAndDestroy();
    const { protocol, reads: read } = connection;
    const request = { name: name.toUpperCase(), args, connection: index, protocol, read, reset };
    this.requests.push(request);
    const answer = this.answer(request);
    connection.sent = connection.sent.then(async () => {
      const text = (await answer) ?? this.#usual(request);
      if (!socket.destroyed && text !== '') socket.write(text);
    });
  }

  #usual({ name, args, protocol }: ScriptedRequest): string {
    const [first = ''] = args;
    if (name === 'HELLO') return this.#hello(protocol);
    if (name === 'CLUSTER' && first.toUpperCase() === 'SLOTS') return this.#slots();
    if (name === 'CLUSTER' && first.toUpperCase() === 'INFO') return this.#info();
    if (name === 'CLUSTER' && first.toUpperCase() === 'MYID') return bulk(this.id);
    if (name === 'PING') return '+PONG\r\n';
    if (['AUTH', 'SELECT', 'CLIENT', 'READONLY', 'ASKING'].includes(name)) return ok;
    return error(`ERR ${name}: the test has no answer`);
  }

  #hello(protocol: 2 | 3): string {
    const fields = { server: bulk('redis'), version: bulk('7.0.15'), proto: integer(protocol), id: integer(1) };
    return map(protocol, { ...fields, mode: bulk('cluster'), role: bulk(this.role), modules: array() });
  }

  #slots(): string {
    const ranges = this.view.ranges.map(({ first, last, nodes }) =>
      array(integer(first), integer(last), ...nodes.map(described)),
    );
    return array(...ranges);
  }

  #info(): string {
    const { state = 'ok', epoch } = this.view;
    return bulk(`cluster_state:${state}\r\ncluster_current_epoch:${epoch}\r\ncluster_my_epoch:${epoch}\r\n`);
  }
}

function described({ endpoint, port, id }: ScriptedNode): string {
  return array(endpoint === null ? nothing : bulk(endpoint), integer(port), bulk(id), array());
}
