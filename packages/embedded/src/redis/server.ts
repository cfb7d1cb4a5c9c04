import type { Clock } from '../clock.ts';
import { Conversation, type Dialogue } from '../conversation.ts';
import type { InputBuffer } from '../input-buffer.ts';
import type { Peer, Service, Session } from '../peer.ts';
import { Client } from './client.ts';
import type { ClusterNode } from './cluster/node.ts';
import { defaultConfig } from './commands/server.ts';
import { dispatch, run, runInScript } from './dispatcher.ts';
import { errorReply } from './replies.ts';
import { ProtocolViolation, RequestReader } from './request.ts';
import { type Handlers, RedisState } from './state.ts';

/** How a Redis server is configured. */
export interface RedisSettings {
  /**
   * Password of the user `default`.
   *
   * @default none is needed
   */
  readonly password?: string | undefined;
}

type Words = readonly string[];

/** A Redis 7.0 server without sockets. */
export class RedisServer implements Service {
  readonly #state: RedisState;
  #nextId = 1;

  /** @param node the node of a cluster that it is */
  constructor(clock: Clock, settings: RedisSettings = {}, node?: ClusterNode) {
    const config = new Map(Object.entries({ ...defaultConfig, requirepass: settings.password ?? '' }));
    const handlers: Handlers = {
      run: (client, words) => run(this.#state, client, words),
      runInScript: (client, words, readOnly) => runInScript(this.#state, client, words, readOnly),
      dispatch: (client, words) => dispatch(this.#state, client, words),
    };
    this.#state = new RedisState(clock, config, handlers, node);
  }

  accept(peer: Peer): Session {
    const session = new Conversation<Words>(peer, (line) => this.#open(line));
    this.#state.connectionsSeen += 1;
    if (this.#state.clients.size > Number(this.#state.config.get('maxclients'))) {
      session.send(errorReply('ERR max number of clients reached'));
      session.end();
    }
    return session;
  }

  close(): void {
    for (const { line } of this.#state.clients.values()) line.peer.destroy();
  }

  #open(line: Conversation<Words>): Dialogue<Words> {
    const state = this.#state;
    const open = state.config.get('requirepass') === '';
    const client = new Client(this.#nextId, line, state.clock.now(), open);
    this.#nextId += 1;
    state.clients.set(client.id, client);
    const reader = new RequestReader();
    return {
      decode: (input: InputBuffer) => reader.read(input, client.authenticated),
      answer: (words) => dispatch(state, client, words),
      malformed: (error) => {
        if (error instanceof ProtocolViolation) client.reply(errorReply(error.message));
      },
      closed: () => state.forget(client),
    };
  }
}
