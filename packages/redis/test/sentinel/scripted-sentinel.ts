import { array, bulk, error, map, nothing } from '@kv/testkit/topology/resp-text';
import { ScriptedNode, type ScriptedRequest } from '@kv/testkit/topology/scripted-node';

/** What a sentinel says of a replica. */
export interface ScriptedReplica {
  readonly node: ScriptedNode;
  /** Default: `slave`. */
  readonly flags?: string;
  /** State of its link to the primary. Default: `ok`. */
  readonly link?: string;
}

/** A server that looks like a sentinel and says what a test wants. */
export class ScriptedSentinel extends ScriptedNode {
  /** The primary that it names; undefined: it knows none of the name. */
  names: ScriptedNode | undefined;
  epoch = 1;
  /** Other sentinels that it knows. */
  knows: readonly ScriptedNode[] = [];
  /** Replicas that it knows. */
  replicas: readonly ScriptedReplica[] = [];
  /** The user and password that it asks for, as HELLO has them. */
  login: string | undefined;

  constructor(index: number) {
    super(index);
    this.answer = (request) => this.#answer(request);
  }

  /** Sends a message to all that listen. */
  publish(channel: string, message: string): void {
    this.push(`>3\r\n${bulk('message')}${bulk(channel)}${bulk(message)}`);
  }

  #answer(request: ScriptedRequest): string | undefined {
    const { name, args, protocol } = request;
    if (name === 'HELLO' && this.login !== undefined && args.slice(2, 4).join(' ') !== this.login)
      return error('WRONGPASS invalid username-password pair or user is disabled.');
    if (name === 'SUBSCRIBE')
      return args.map((channel, i) => `>3\r\n${bulk('subscribe')}${bulk(channel)}:${i + 1}\r\n`).join('');
    if (name === 'SELECT') return error('ERR unknown command');
    return name === 'SENTINEL' ? this.#said(args, protocol) : undefined;
  }

  #said([question = '', name = '']: readonly string[], protocol: 2 | 3): string {
    if (question === 'MYID') return bulk(this.id);
    if (name !== 'main' || this.names === undefined)
      return question === 'GET-MASTER-ADDR-BY-NAME' ? nothing : error('ERR No such master with that name');
    if (question === 'GET-MASTER-ADDR-BY-NAME') return array(bulk(this.names.host), bulk(String(this.names.port)));
    if (question === 'MASTER') return map(protocol, { name: bulk('main'), 'config-epoch': bulk(String(this.epoch)) });
    const rows = question === 'SENTINELS' ? this.knows.map(sentinelRow) : this.replicas.map(replicaRow);
    return array(...rows.map((row) => map(protocol, row)));
  }
}

function sentinelRow({ host, port, id }: ScriptedNode): Record<string, string> {
  return { ip: bulk(host), port: bulk(String(port)), runid: bulk(id) };
}

function replicaRow({ node, flags = 'slave', link = 'ok' }: ScriptedReplica): Record<string, string> {
  return { ...sentinelRow(node), flags: bulk(flags), 'master-link-status': bulk(link) };
}

/** Servers and sentinels that run until the test is over. */
export class ScriptedRig implements AsyncDisposable {
  readonly sentinels: readonly ScriptedSentinel[];
  readonly servers: readonly ScriptedNode[];

  private constructor(sentinels: readonly ScriptedSentinel[], servers: readonly ScriptedNode[]) {
    this.sentinels = sentinels;
    this.servers = servers;
  }

  /** All sentinels name the first server, which is a primary; the others are replicas. */
  static async start(sentinels: number, servers: number): Promise<ScriptedRig> {
    const rig = new ScriptedRig(
      Array.from({ length: sentinels }, (_, i) => new ScriptedSentinel(100 + i)),
      Array.from({ length: servers }, (_, i) => answering(new ScriptedNode(i))),
    );
    await Promise.all([...rig.sentinels, ...rig.servers].map((node) => node.start()));
    for (const sentinel of rig.sentinels) sentinel.names = rig.servers[0];
    for (const replica of rig.servers.slice(1)) replica.role = 'replica';
    return rig;
  }

  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ address }) => address).join(',')}/main`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((node) => node.stop()));
  }
}

/** It answers GET with its own address, and refuses writes when it is a replica. */
function answering(node: ScriptedNode): ScriptedNode {
  node.answer = ({ name }) => {
    if (name === 'GET') return bulk(node.address);
    if (name === 'ROLE') return array(bulk(node.role === 'master' ? 'master' : 'slave'));
    if (name !== 'SET') return undefined;
    return node.role === 'master' ? '+OK\r\n' : error("READONLY You can't write against a read only replica.");
  };
  return node;
}
