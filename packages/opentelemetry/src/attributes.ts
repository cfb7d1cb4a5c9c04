/** Attributes as the semantic conventions for database clients name them. None of them holds an argument or a value. */
import type { CommandTrace } from '@kv/core';
import type { Attributes } from '@opentelemetry/api';

/** What the messages of all channels have. */
export type Message = Pick<CommandTrace, 'client' | 'backend' | 'address' | 'durationMs' | 'error'> &
  Partial<Pick<CommandTrace, 'database'>>;

/** Host and port, or the path of a socket. */
interface Server {
  readonly host: string;
  readonly port: number | undefined;
}

/** The servers that were read last, by their address: most operations are for a few. */
const servers = new Map<string, Server>();
const MOST_SERVERS = 1000;

/** What is known of an operation: at its end all. What is not known has no key, since metrics would count it as one. */
export function attributesOf({ address, database, error }: Message, system: string, operation: string): Attributes {
  const { host, port } = serverOf(address);
  const attributes: Attributes = {
    'db.system.name': system,
    'db.operation.name': operation,
    'server.address': host,
  };
  if (port !== undefined) attributes['server.port'] = port;
  if (database !== undefined) attributes['db.namespace'] = String(database);
  if (error === undefined) return attributes;
  const status = statusOf(error);
  attributes['error.type'] = status ?? typeOf(error);
  if (status !== undefined) attributes['db.response.status_code'] = status;
  return attributes;
}

function serverOf(address: string): Server {
  return servers.get(address) ?? addServer(address);
}

function addServer(address: string): Server {
  const server = readAddress(address);
  if (servers.size >= MOST_SERVERS) servers.clear();
  servers.set(address, server);
  return server;
}

/** Reads `host:port`, `[::1]:port` or the path of a socket; what is none of it, like a list of servers, is taken whole. */
function readAddress(address: string): Server {
  const [, host = address, port] = /^\[?([^/,]*?)\]?:(\d+)$/.exec(address) ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}

/** What errors of the clients have; each has some of it. */
interface ErrorParts {
  readonly code?: unknown;
  /** Of Redis: `WRONGTYPE`. */
  readonly prefix?: unknown;
  /** Of SSDB: `client_error`. */
  readonly status?: unknown;
}

/** What the server said, in its own word. */
function statusOf(error: Error): string | undefined {
  const { prefix, status } = error as ErrorParts;
  const word = prefix ?? status;
  return typeof word === 'string' && word !== '' ? word : undefined;
}

/** The code of errors that the client makes (`TIMEOUT`), the class of those that stand for a reply without a word. */
function typeOf(error: Error): string {
  const { code } = error as ErrorParts;
  return typeof code === 'string' && code !== 'REPLY' ? code : error.name;
}
