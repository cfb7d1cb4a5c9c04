import type { Clock } from '../clock.ts';
import { Conversation, type Dialogue, Disconnect } from '../conversation.ts';
import type { InputBuffer } from '../input-buffer.ts';
import type { Peer, Service, Session } from '../peer.ts';
import { type Context, limited } from './command.ts';
import { commands } from './commands.ts';
import { type GibsonLimits, gibsonLimits } from './limits.ts';
import { codeReply, ReplyCode, rowsData } from './replies.ts';
import { type GibsonRequest, RequestReader } from './request.ts';
import { type Counters, statsRows } from './stats.ts';
import { Store } from './store.ts';

const END = 255;

/** A Gibson 1.2.1 server without sockets. */
export class GibsonServer implements Service {
  readonly #limits: GibsonLimits;
  readonly #peers = new Set<Peer>();
  readonly #counters: Counters;
  readonly #context: Context;

  constructor(clock: Clock, limits: Partial<GibsonLimits> = {}) {
    this.#limits = gibsonLimits(limits);
    this.#counters = { startedMs: clock.now(), clients: 0, connections: 0, requests: 0 };
    const store = new Store(this.#limits, clock);
    const stats = (): string => {
      const rows = statsRows(store, this.#limits, this.#counters, clock.now());
      return limited(this.#context, rowsData(rows.length, rows));
    };
    this.#context = { store, clock, limits: this.#limits, stats };
  }

  accept(peer: Peer): Session {
    const session = new Conversation<GibsonRequest>(peer, (line) => this.#dialogue(peer, line));
    this.#counters.connections += 1;
    if (this.#peers.size >= this.#limits.maxClients) session.end();
    else this.#peers.add(peer);
    this.#counters.clients = this.#peers.size;
    return session;
  }

  close(): void {
    for (const peer of this.#peers) peer.destroy();
  }

  #dialogue(peer: Peer, line: Conversation<GibsonRequest>): Dialogue<GibsonRequest> {
    const reader = new RequestReader(this.#limits);
    return {
      decode: (input: InputBuffer) => reader.read(input),
      answer: (request) => this.#answer(request, line),
      closed: () => {
        this.#peers.delete(peer);
        this.#counters.clients = this.#peers.size;
      },
    };
  }

  #answer({ opcode, payload }: GibsonRequest, line: Conversation<GibsonRequest>): void {
    this.#counters.requests += 1;
    this.#context.store.sweep();
    if (opcode === END) {
      line.send(codeReply(ReplyCode.ok));
      throw new Disconnect('END');
    }
    const command = commands.get(opcode);
    if (command === undefined) throw new Disconnect('unknown opcode');
    line.send(command(this.#context, payload));
  }
}
