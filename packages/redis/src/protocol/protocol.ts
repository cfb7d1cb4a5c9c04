import {
  type AnyCommand,
  Command,
  type Output,
  type Protocol,
  type ReplySink,
  type RequestLimits,
  read,
} from '@kv/core';
import { appendCommand, commandHead, type Limits } from '@kv/resp-parser';
import { text } from '../commands/support/replies.ts';
import type { Login } from './handshake.ts';
import { prefaceOf } from './kept-replies.ts';
import type { ServerRole } from './role.ts';
import { RedisWire, type ServerRules } from './wire.ts';

const PING = new Command(read('PING', null), [], text);

const WINDOW: Protocol['window'] = { commands: Number.POSITIVE_INFINITY, refill: 'sliding' };

/** `proto-max-bulk-len`, unless the server is configured otherwise. */
const REQUEST_LIMITS: RequestLimits = { argument: 512 * 1024 * 1024 };

/** What the Redis protocol of one client is made from. */
export interface ProtocolOptions {
  /** What to log in with, and which database; asked at every handshake. */
  readonly login: Login;
  readonly limits?: Limits | undefined;
  /**
   * Whether a refusal may send commands to another server, as in a cluster: then a router decides, and a connection to a
   * server that does not serve is kept.
   */
  readonly redirects?: boolean | undefined;
  /**
   * What each server must say of itself that it is. A connection to a primary is left as soon as it says otherwise:
   * sentinels know a better one.
   */
  readonly role?: ServerRole | undefined;
}

/** The plug between core and RESP. */
export class RedisProtocol implements Protocol {
  readonly name = 'redis';
  readonly window: Protocol['window'] = WINDOW;
  readonly requestLimits: RequestLimits = REQUEST_LIMITS;
  readonly ping: AnyCommand = PING;
  readonly login: Login;
  readonly #limits: Limits | undefined;
  readonly #servers: ServerRules;

  constructor({ login, limits, redirects = false, role }: ProtocolOptions) {
    this.login = login;
    this.#limits = limits;
    this.#servers = { redirects: redirects || role !== undefined, role };
  }

  encode(command: AnyCommand, out: Output): void {
    const { spec, args } = command;
    let head = spec.heads[args.length];
    if (head === undefined) {
      head = prefaceOf(spec) + commandHead(spec.name, args.length);
      if (args.length < 16) spec.heads[args.length] = head;
    }
    appendCommand(out, head, args);
  }

  open(sink: ReplySink): RedisWire {
    return new RedisWire(sink, this.login, this.#limits, this.#servers);
  }
}
