import {
  type AnyCommand,
  ArgumentError,
  type Endpoint,
  type KvError,
  monotonicNow,
  type Request,
  type RequestPart,
  type RouterHost,
  repliesOf,
  type Settled,
  splitRequest,
} from '@kv/core';
import { CLUSTER_INFO } from './cluster-commands.ts';
import { type FanOut, fanOutOf, mergeReplies, oneSucceeded } from './fan-out.ts';
import { parseClusterInfo } from './nodes-text.ts';
import { keySlot } from './slot.ts';
import type { SlotMap } from './slot-map.ts';
import type { Slots } from './slots.ts';
import { partOf, type SendToSlot } from './split-calls.ts';

/** What it needs to know about the cluster. */
export interface KnownCluster {
  readonly map: SlotMap | undefined;
  /** Servers in use, primaries and replicas. */
  readonly endpoints: readonly Endpoint[];
  readonly slots: Pick<Slots, 'isHeld' | 'ownerOf'>;
}

/** How long a server may take to say whether it serves, and how long its answer counts, ms. */
const PROBE_TIMEOUT = 1000;
const PROBE_INTERVAL = 40;

/** Sends commands without keys to one server, or to many whose replies are put together. */
export class KeylessCalls {
  readonly #host: RouterHost;
  readonly #cluster: KnownCluster;
  readonly #send: SendToSlot;
  readonly #probes = new WeakMap<Endpoint, { readonly at: number; readonly answer: Promise<boolean> }>();

  constructor(host: RouterHost, cluster: KnownCluster, send: SendToSlot) {
    this.#host = host;
    this.#cluster = cluster;
    this.#send = send;
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
    else this.#fanOut(request, fanOut);
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
    const all = this.#firstSlots();
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

  /** One slot of every primary: a part that is sent to it follows the slot when the primary is replaced. */
  #firstSlots(): number[] {
    const first = new Map<string, number>();
    for (const { primary, start } of this.#cluster.map?.ranges ?? [])
      if (!first.has(primary.id)) first.set(primary.id, start);
    return [...first.values()];
  }

  #fanOut(request: Request, { target, merge }: FanOut): void {
    const { name } = request.command.spec;
    const primaries = this.#firstSlots().map((slot) => ({ slot, ...this.#part(request) }));
    const replicas = (target === 'nodes' ? this.#replicas() : []).map((endpoint) => ({
      endpoint,
      ...this.#part(request, endpoint),
    }));
    const parts: RequestPart[] = [...primaries, ...replicas];
    if (parts.length === 0) return this.#send(request, 0); // waits for an owner
    splitRequest(request, parts, (results) => {
      if (target === 'untilFound') return anyFound(repliesOf(name, parts, results));
      if (merge === 'oneSucceeded') return wireValue(oneSucceeded(results));
      return mergeReplies(name, merge, repliesOf(name, parts, results));
    });
    for (const part of primaries) this.#send(part.request, part.slot);
    for (const part of replicas) part.endpoint.shared.submit(part.request);
  }

  #part(request: Request, endpoint?: Endpoint): RequestPart {
    const part = partOf(this.#host, request, request.command.args);
    return { request: part, keys: [], server: endpoint?.identity.addressText };
  }

  #replicas(): readonly Endpoint[] {
    return this.#cluster.endpoints.filter(({ identity, shared }) => identity.role === 'replica' && shared.isReady);
  }
}

/** A random one of the values that are not null. */
function anyFound(replies: readonly unknown[]): unknown {
  const found = replies.filter((reply) => reply !== null);
  return found[Math.floor(Math.random() * found.length)] ?? null;
}

function wireValue(settled: Settled | undefined): unknown {
  if (settled?.ok === false) throw settled.error;
  return settled?.value;
}
