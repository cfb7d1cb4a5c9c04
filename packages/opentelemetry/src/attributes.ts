/** Attributes as the semantic conventions for database clients name them. None of them holds an argument or a value. */
import type { Attributes } from '@opentelemetry/api';
import type { Message, Operation } from './operation.ts';

/** Host and port, or the path of a socket. */
interface Server {
  readonly host: string;
  readonly port: number | undefined;
  /** Its attributes as the one that answered. */
  readonly peer: Attributes;
}

/** The servers that were read last, by their address: most operations are for a few. */
const servers = new Map<string, Server>();
const MOST_SERVERS = 1000;

/** What is known when an operation begins, which samplers and metrics see. */
export function startAttributes(operation: Operation, message: Message, system: string): Attributes {
  const { host, port } = serverOf(message.address);
  return {
    'db.system.name': system,
    'db.operation.name': operation.name,
    'server.address': host,
    'server.port': port,
  };
}

/** What is known of the result when an operation has ended. */
export function endAttributes({ database, error }: Message): Attributes {
  const attributes: Attributes = database === undefined ? {} : { 'db.namespace': String(database) };
  if (error === undefined) return attributes;
  const status = statusOf(error);
  attributes['error.type'] = status ?? typeOf(error);
  if (status !== undefined) attributes['db.response.status_code'] = status;
  return attributes;
}

/** The server that answered, where its address is known without asking for its name. */
export function peerAttributes({ address }: Message): Attributes {
  return serverOf(address).peer;
}

function peerOf(host: string, port: number | undefined): Attributes {
  if (host.startsWith('/')) return { 'network.peer.address': host, 'network.transport': 'unix' };
  return IP_ADDRESS.test(host) ? { 'network.peer.address': host, 'network.peer.port': port } : {};
}

const IP_ADDRESS = /^(?:\d+(?:\.\d+){3}|[\da-f.]*:[\da-f:.]*)$/i;

function serverOf(address: string): Server {
  return servers.get(address) ?? addServer(address);
}

function addServer(address: string): Server {
  const [host, port] = readAddress(address);
  const server = { host, port, peer: peerOf(host, port) };
  if (servers.size >= MOST_SERVERS) servers.clear();
  servers.set(address, server);
  return server;
}

/** Reads `host:port`, `[::1]:port` or the path of a socket; what has no port is taken whole. */
function readAddress(address: string): [host: string, port: number | undefined] {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 0 || address.startsWith('/') || !(port > 0)) return [address, undefined];
  const isBracketed = address.startsWith('[');
  return [isBracketed ? address.slice(1, colon - 1) : address.slice(0, colon), port];
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
