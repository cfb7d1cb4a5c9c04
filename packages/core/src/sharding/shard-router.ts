import type { Endpoint } from '../client/endpoint.ts';
import type { Router, RouterHost } from '../client/router.ts';
import { type AnyCommand, type Arg, firstKey, keyPositions } from '../command/command.ts';
import type { Settled } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import type { Protocol } from '../connection/protocol.ts';
import { ArgumentError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { type RequestPart, repliesOf, splitRequest } from '../request/split-request.ts';
import type { Address } from '../transport/transport.ts';
import { Rendezvous } from './rendezvous.ts';
import { Shard } from './shard.ts';
import {
  forEveryServer,
  isWhole,
  type ShardPart,
  type ShardRule,
  type ShardRules,
  splitByServer,
} from './shard-rules.ts';
import { ShardUnit } from './shard-unit.ts';

/** How to reach a server. */
export interface ShardAddress {
  readonly address: Address;
  /** For messages, statistics and diagnostics; no user, no password. */
  readonly addressText: string;
  /** How this server is spoken to, where that differs from the client's protocol (another password). */
  readonly protocol?: Protocol | undefined;
}

/** One of several servers, each of which has its share of the keys. */
export interface ShardServer extends ShardAddress {
  /** Decides together with a key; unique, and kept when the address changes. */
  readonly name: string;
  /**
   * Share of the keys in relation to the other servers.
   *
   * @default 1
   */
  readonly weight?: number | undefined;
  /**
   * Servers with a copy of its data that may answer reads with a key.
   *
   * @default none
   */
  readonly replicas?: readonly ShardAddress[] | undefined;
}

type MergingRule = Extract<ShardRule, { readonly route: 'split' | 'all' }>;

/**
 * Several servers without any knowledge of each other: a key always lies on the same one, chosen by its hash and the
 * names of the servers. A server that is down delays or fails its own keys and no others; keys never move by
 * themselves.
 */
export class ShardRouter implements Router {
  readonly endpoints: readonly Endpoint[];
  readonly #host: RouterHost;
  readonly #rules: ShardRules;
  readonly #shards: readonly Shard[];
  readonly #choice: Rendezvous;
  readonly #shardOfKey = (key: Arg): number => this.#choice.pick(key);

  /** @throws ArgumentError for no server, two servers of one name, or a wrong weight */
  constructor(host: RouterHost, servers: readonly ShardServer[], rules: ShardRules) {
    this.#host = host;
    this.#rules = rules;
    this.#choice = new Rendezvous(servers);
    this.#shards = servers.map((server) => shardOf(host, server));
    this.endpoints = this.#shards.flatMap(({ primary, replicas }) => [primary, ...replicas]);
  }

  get isReady(): boolean {
    return this.#shards.some(({ primary }) => primary.shared.isReady);
  }

  /** Resolves when one server is ready: the others delay their own keys only. */
  async start(): Promise<void> {
    for (const shard of this.#shards) shard.startReplicas();
    try {
      await Promise.any(this.#shards.map(({ primary }) => primary.shared.start()));
    } catch (error) {
      throw (error as AggregateError).errors[0];
    }
  }

  submit(request: Request): void {
    const rule = this.#ruleOf(request.command);
    if (rule !== undefined && 'merge' in rule) return this.#submitParts(request, rule);
    const shard = this.#shardOf(request.command, rule);
    if (shard instanceof ArgumentError) request.fail(shard);
    else (this.#shards[shard] as Shard).endpointOf(request).shared.submit(request);
  }

  /** A server gets its members and parts as one unit, in the order of the calls. Of a unit with a refused member nothing is sent. */
  submitUnit(members: readonly Request[]): void {
    const refused = this.#refusalOf(members);
    if (refused !== undefined) {
      for (const member of members) member.fail(refused);
      return;
    }
    const unit = new ShardUnit();
    for (const member of members) this.#addTo(unit, member);
    unit.submit((shard, own) => this.#submitOwn(shard, own));
  }

  acquire(request: Request): void {
    const shard = this.#shardOf(request.command, this.#ruleOf(request.command));
    if (shard instanceof ArgumentError) request.fail(shard);
    else (this.#shards[shard] as Shard).primary[request.exclusive ?? 'shared'].submit(request);
  }

  /** What a replica lost goes to its primary. A primary keeps what it lost: no other server has these keys. */
  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    const shard = this.#shards.find(({ replicas }) => replicas.includes(endpoint));
    if (shard === undefined) return requests;
    for (const request of requests) shard.primary.shared.submit(request);
    return [];
  }

  poolChanged(endpoint: Endpoint): void {
    this.#shards.find(({ replicas }) => replicas.includes(endpoint))?.changed(endpoint);
  }

  /** A connection in exclusive use belongs to one server: keys of the others are refused. */
  refusal(command: AnyCommand, { setup: { address } }: Connection): ArgumentError | undefined {
    const own = this.#shards.findIndex(({ primary }) => primary.identity.address === address);
    const { spec, args } = command;
    const foreign = keyPositions(spec.keys, args).some((at) => this.#choice.pick(args[at] as Arg) !== own);
    if (!foreign) return undefined;
    const { name } = spec;
    return new ArgumentError(`${name}: a key of it lies on another server than this connection`, { command: name });
  }

  #ruleOf({ spec: { name } }: AnyCommand): ShardRule | undefined {
    return this.#shards.length === 1 ? undefined : this.#rules.get(name);
  }

  /** The one server of a command that is not split. */
  #shardOf(command: AnyCommand, rule: ShardRule | undefined): number | ArgumentError {
    if (this.#shards.length === 1 || rule?.route === 'first') return 0;
    const key = rule === undefined ? firstKey(command) : undefined;
    if (key !== undefined) return this.#choice.pick(key);
    const { name, keys } = command.spec;
    if (rule === undefined && keys !== null && typeof keys !== 'function') return 0; // the server says what is missing
    const message = `${name}: it does not say which of the ${this.#shards.length} servers it means; use nodes()`;
    return new ArgumentError(message, { command: name });
  }

  #refusalOf(members: readonly Request[]): ArgumentError | undefined {
    for (const { command } of members) {
      const rule = this.#ruleOf(command);
      const shard = rule !== undefined && 'merge' in rule ? 0 : this.#shardOf(command, rule);
      if (shard instanceof ArgumentError) return shard;
    }
    return undefined;
  }

  #addTo(unit: ShardUnit, member: Request): void {
    const rule = this.#ruleOf(member.command);
    if (rule === undefined || !('merge' in rule)) unit.add(this.#shardOf(member.command, rule) as number, member);
    else for (const { shard, request } of this.#partsOf(member, rule)) unit.add(shard, request);
  }

  #submitOwn(shard: number, members: readonly Request[]): void {
    const { shared } = (this.#shards[shard] as Shard).primary;
    if (members.length === 1) shared.submit(members[0] as Request);
    else shared.submitUnit(members);
  }

  #submitParts(request: Request, rule: MergingRule): void {
    for (const part of this.#partsOf(request, rule))
      (this.#shards[part.shard] as Shard).endpointOf(part.request).shared.submit(part.request);
  }

  /** What the servers get of a request: its parts, or the request itself where one server has all of it. */
  #partsOf(request: Request, rule: MergingRule): { readonly shard: number; readonly request: Request }[] {
    const { command } = request;
    const count = this.#shards.length;
    const shardParts =
      rule.route === 'all' ? forEveryServer(command, count) : splitByServer(command, rule.width, this.#shardOfKey);
    if (isWhole(shardParts)) return [{ shard: shardParts[0]?.shard ?? 0, request }];
    const parts = shardParts.map((part) => this.#request(part, request));
    splitRequest(request, parts, (results) => merged(request, rule, parts, results));
    request.unit = null; // its parts are members in its place
    return parts.map((part, i) => ({ shard: (shardParts[i] as ShardPart).shard, request: part.request }));
  }

  #request({ shard, command, keys }: ShardPart, { retry }: Request): RequestPart {
    const server = (this.#shards[shard] as Shard).name;
    return { request: this.#host.request(command, true, retry), keys, server };
  }
}

function shardOf(host: RouterHost, { name, replicas = [], ...primary }: ShardServer): Shard {
  const endpoint = ({ address, addressText, protocol }: ShardAddress, role: 'primary' | 'replica'): Endpoint =>
    host.endpoint({ address, addressText, id: name, role, protocol });
  const copies = replicas.map((replica) => endpoint(replica, 'replica'));
  return new Shard(name, endpoint(primary, 'primary'), copies);
}

/** What one server would have answered; the error of a partial failure has for each part what it alone would have been. */
function merged(
  { command, bytes }: Request,
  { merge }: MergingRule,
  parts: readonly RequestPart[],
  results: readonly Settled[],
): unknown {
  const keys = parts.map((part) => part.keys);
  const alone = (reply: unknown, i: number): unknown =>
    command.reply(merge({ command, bytes, keys: [keys[i] as readonly number[]], replies: [reply] }), command);
  return merge({ command, bytes, keys, replies: repliesOf(command.spec.name, parts, results, alone) });
}
