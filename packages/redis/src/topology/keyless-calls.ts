import {
  type AnyCommand,
  ArgumentError,
  type Endpoint,
  type KvError,
  monotonicNow,
  type Request,
  type RouterHost,
} from '@kv/core';
import { CLUSTER_INFO } from './cluster-commands.ts';
import { type FanOut, fanOutOf } from './fan-out.ts';
import { FanOutCalls, type KnownServers } from './fan-out-calls.ts';
import { parseClusterInfo } from './nodes-text.ts';
import { keySlot } from './slot.ts';
import type { SendToSlot } from './split-calls.ts';

/** How long a server may take to say whether it serves, and how long its answer counts, ms. */
const PROBE_TIMEOUT = 1000;
const PROBE_INTERVAL = 40;

/** Sends commands without keys to one server, or to many whose replies are put together. */
export class KeylessCalls {
  readonly #host: RouterHost;
  readonly #cluster: KnownServers;
  readonly #send: SendToSlot;
  readonly #fanOuts: FanOutCalls;
  readonly #probes = new WeakMap<Endpoint, { readonly at: number; readonly answer: Promise<boolean> }>();

  constructor(host: RouterHost, cluster: KnownServers, send: SendToSlot) {
    this.#host = host;
    this.#cluster = cluster;
    this.#send = send;
    this.#fanOuts = new FanOutCalls(host, cluster, send);
  }

  /** See {@link FanOutCalls.place}. */
  place(request: Request, slot: number): boolean {
    return this.#fanOuts.place(request, slot);
  }

  submit(request: Request): void {
    const { spec, args } = request.command;
    let fanOut: FanOut | undefined;
    try {
      fanOut = fanOutOf(spec.name);
    } catch (error) {
      return request.fail(error as KvError);
    }
    if (fanOut?.target === 'channel') this.#send(request, keySlot(args[0] ?? ''));
    else if (fanOut === undefined || fanOut.target === 'one') this.#send(request, this.anySlot());
    else this.#fanOuts.submit(request, fanOut);
  }

  /** @throws ArgumentError for a command of exclusive use that needs a server to be named */
  check({ spec: { name } }: AnyCommand): void {
    fanOutOf(name);
    throw new ArgumentError(`${name}: in a cluster it needs a key, which says the server: session({ key })`, {
      command: name,
    });
  }

  /** A slot of any primary, one that is known to serve if there is one. */
  anySlot(): number {
    const all = [...this.#cluster.slots.slotByOwner.values()];
    const serving = all.filter((slot) => this.#seemsToServe(slot));
    const slots = serving.length > 0 ? serving : all;
    return slots[Math.floor(Math.random() * slots.length)] ?? 0;
  }

  #seemsToServe(slot: number): boolean {
    const { slots } = this.#cluster;
    return !slots.isHeld(slot) && slots.ownerOf(slot)?.shared.lastError === undefined;
  }

  /** Whether a server says that the cluster serves its slots. Many slots may ask: the server gets one probe at a time. */
  serves(endpoint: Endpoint): Promise<boolean> {
    const last = this.#probes.get(endpoint);
    if (last !== undefined && monotonicNow() - last.at < PROBE_INTERVAL) return last.answer;
    const answer = this.#probe(endpoint);
    this.#probes.set(endpoint, { at: Number.POSITIVE_INFINITY, answer });
    void answer.then(() => this.#probes.set(endpoint, { at: monotonicNow(), answer }));
    return answer;
  }

  async #probe(endpoint: Endpoint): Promise<boolean> {
    try {
      const text = await this.#host.send(endpoint, CLUSTER_INFO, { timeout: PROBE_TIMEOUT, retry: 'never' });
      return parseClusterInfo(text).state === 'ok';
    } catch {
      return false;
    }
  }
}
