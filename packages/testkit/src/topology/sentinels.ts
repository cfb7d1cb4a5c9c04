import type { Reply } from '@kv/resp-parser';
import type { RedisServerOptions } from '../redis-server.ts';
import { ManagedServer } from './managed-server.ts';
import { freePorts } from './ports.ts';
import { RefusedError } from './resp-connection.ts';
import { type WaitOptions, waitFor } from './wait.ts';

/** What kind of rig is wanted. */
export interface SentinelOptions {
  /** Replicas of the primary; default 2. */
  readonly replicas?: number;
  /** Sentinels; default 3. A majority of them must run for a failover. */
  readonly sentinels?: number;
  /** Name under which the sentinels watch the primary; default `main`. */
  readonly name?: string;
  /** `down-after-milliseconds`; default 1000: a killed primary is replaced after 2 to 3 seconds. */
  readonly downAfter?: number;
  /** `failover-timeout` in milliseconds; default 2000. An election that failed is repeated after twice this time. */
  readonly failoverTimeout?: number;
  /**
   * Milliseconds after which sentinels look again at the servers and tell each other what they know; default: as the
   * server has it, 10 and 2 seconds. They undo a wrong role after four times as long. Servers before 7.0, and
   * sentinels that are restarted, keep to the server's own.
   */
  readonly period?: number;
  /** Further command-line options of primary and replicas. */
  readonly args?: readonly string[];
  /** Further lines of the configuration of the sentinels. */
  readonly sentinelLines?: readonly string[];
  /** Further options of every process. */
  readonly server?: Pick<RedisServerOptions, 'program'>;
}

/** What the sentinels say about the primary. Times are as of `performance.now()`. */
export interface NamedPrimary {
  readonly node: ManagedServer;
  /** When a sentinel named it first. */
  readonly firstAt: number;
  /** When all running sentinels named it. */
  readonly allAt: number;
}

/**
 * Starts a primary with replicas and the sentinels that watch them, child processes on free ports of 127.0.0.1.
 * Resolves when every sentinel knows all replicas and all other sentinels, after about 3 seconds.
 *
 * @example
 * await using rig = await startSentinels({ replicas: 2, sentinels: 3 });
 * await rig.primary.kill();
 * const { node, firstAt } = await rig.waitForNewPrimary(rig.primary);
 */
export async function startSentinels(options: SentinelOptions = {}): Promise<SentinelRig> {
  for (let attempt = 1; ; attempt++) {
    const rig = await SentinelRig.prepare(options);
    try {
      await rig.start();
      return rig;
    } catch (error) {
      await rig.close();
      // Somebody may have taken a free port in the meantime.
      if (attempt === 5 || !String(error).includes('in use')) throw error;
    }
  }
}

/** Servers with their sentinels; see {@link startSentinels}. */
export class SentinelRig implements AsyncDisposable {
  readonly name: string;
  /** Primary and replicas; the first primary in front. The order never changes. */
  readonly servers: readonly ManagedServer[];
  readonly sentinels: readonly ManagedServer[];
  readonly #period: number | undefined;
  #primary: ManagedServer;

  private constructor(
    { name = 'main', period }: SentinelOptions,
    servers: readonly ManagedServer[],
    sentinels: readonly ManagedServer[],
  ) {
    this.name = name;
    this.servers = servers;
    this.sentinels = sentinels;
    this.#period = period;
    this.#primary = servers[0] as ManagedServer;
  }

  /** A rig whose processes do not run yet. */
  static async prepare(options: SentinelOptions): Promise<SentinelRig> {
    const { replicas = 2, sentinels = 3, name = 'main' } = options;
    const ports = await freePorts(1 + replicas + sentinels);
    const [first = 0, ...others] = ports.splice(0, 1 + replicas);
    const servers = [
      new ManagedServer(serverOptions(options), first),
      ...others.map((port) => new ManagedServer(serverOptions(options, first), port)),
    ];
    const watchers = ports.map((port) => new ManagedServer(sentinelOptions(options, name, first, sentinels), port));
    return new SentinelRig(options, servers, watchers);
  }

  /** Starts all processes; resolves when they know each other. */
  async start(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.start()));
    // A sentinel asks the primary for its replicas at once, and then every 10 seconds.
    await waitFor('replicas: connected', () => this.#replicasConnected());
    await Promise.all(this.sentinels.map((sentinel) => this.#startSentinel(sentinel)));
    await this.settled();
  }

  /** The primary that the sentinels named when the rig looked last. */
  get primary(): ManagedServer {
    return this.#primary;
  }

  /** `redis+sentinel://` with the addresses of all sentinels. */
  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ host, port }) => `${host}:${port}`).join(',')}/${this.name}`;
  }

  /**
   * Resolves when every running sentinel names the same primary, sees all running replicas and sentinels as healthy,
   * and no failover is under way.
   */
  async settled(options: WaitOptions = {}): Promise<void> {
    await waitFor('sentinels: all healthy', () => this.#isSettled(), { every: 50, ...options });
  }

  /** The server that a sentinel names as primary. */
  async namedBy(sentinel: ManagedServer): Promise<ManagedServer | undefined> {
    const reply = await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name);
    const port = Number((reply as string[] | null)?.[1]);
    return this.servers.find((server) => server.port === port);
  }

  /** SIGKILL of a server or a sentinel; resolves when the process is gone. */
  kill(node: ManagedServer): Promise<void> {
    return node.kill();
  }

  /** SIGSTOP. */
  freeze(node: ManagedServer): void {
    node.freeze();
  }

  /** SIGCONT. */
  thaw(node: ManagedServer): void {
    node.thaw();
  }

  /**
   * Kills a server or sentinel, if it runs, and starts it with the same port and what its configuration file says: a
   * primary that was replaced meanwhile returns as a primary, until the sentinels see it.
   */
  async restart(node: ManagedServer): Promise<void> {
    await node.kill();
    await node.start();
  }

  /** Has the primary replaced although it is well; resolves when the sentinels name the new one. */
  async failover(options: WaitOptions = {}): Promise<NamedPrimary> {
    const old = this.#primary;
    const [asked] = this.sentinels.filter(({ answers }) => answers);
    await asked?.ask('SENTINEL', 'FAILOVER', this.name);
    return this.waitForNewPrimary(old, options);
  }

  /** Resolves when all running sentinels name another primary than this one. */
  async waitForNewPrimary(old: ManagedServer, options: WaitOptions = {}): Promise<NamedPrimary> {
    let firstAt: number | undefined;
    const look = async (): Promise<ManagedServer | undefined> => {
      const named = await this.#named();
      if (named.some((one) => one !== old)) firstAt ??= performance.now();
      return named[0] !== old && named.every((one) => one === named[0]) ? named[0] : undefined;
    };
    this.#primary = await waitFor(`another primary than ${old.host}:${old.port}`, look, { every: 5, ...options });
    const allAt = performance.now();
    return { node: this.#primary, firstAt: firstAt ?? allAt, allAt };
  }

  /** Kills all processes, by their ids, and removes their folders. */
  async close(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((node) => node.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startSentinel(sentinel: ManagedServer): Promise<void> {
    await sentinel.start();
    const period = this.#period;
    if (period === undefined) return;
    const asked = sentinel.ask('SENTINEL', 'DEBUG', 'INFO-PERIOD', period, 'PUBLISH-PERIOD', period);
    await asked.catch(refused);
  }

  #named(): Promise<(ManagedServer | undefined)[]> {
    return Promise.all(this.sentinels.filter(({ answers }) => answers).map((sentinel) => this.namedBy(sentinel)));
  }

  async #replicasConnected(): Promise<true | undefined> {
    for (const replica of this.servers.slice(1)) {
      const role = (await replica.ask('ROLE')) as Reply[];
      if (role[3] !== 'connected') return undefined;
    }
    return true;
  }

  async #isSettled(): Promise<true | undefined> {
    const [first, ...others] = await this.#named();
    if (first === undefined || others.some((one) => one !== first)) return undefined;
    this.#primary = first;
    for (const sentinel of this.sentinels.filter(({ answers }) => answers)) {
      if (!(await this.#seesAll(sentinel))) return undefined;
    }
    return true;
  }

  async #seesAll(sentinel: ManagedServer): Promise<boolean> {
    const rows = async (what: string): Promise<Record<string, string>[]> => {
      const reply = (await sentinel.ask('SENTINEL', what, this.name)) as Reply[];
      return reply.map((row) => record(row as string[]));
    };
    const primary = record((await sentinel.ask('SENTINEL', 'MASTER', this.name)) as string[]);
    const replicas = (await rows('REPLICAS')).filter(
      (row) => row['flags'] === 'slave' && row['master-link-status'] === 'ok',
    );
    const sentinels = (await rows('SENTINELS')).filter((row) => row['flags'] === 'sentinel');
    const running = (all: readonly ManagedServer[]): number => all.filter(({ answers }) => answers).length;
    return (
      primary['flags'] === 'master' &&
      replicas.length >= running(this.servers) - 1 &&
      sentinels.length >= running(this.sentinels) - 1
    );
  }
}

/** The server does not know the command. */
function refused(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
}

/** Name and value by turns. */
function record(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] as string]] : [])));
}

/** The file is there so that the sentinels' changes of roles survive restarts. */
function serverOptions({ args = [], server }: SentinelOptions, primaryPort?: number): RedisServerOptions {
  const role = primaryPort === undefined ? '' : `replicaof 127.0.0.1 ${primaryPort}\n`;
  return { ...server, configuration: role, args: ['--repl-diskless-sync-delay', '0', ...args] };
}

function sentinelOptions(options: SentinelOptions, name: string, port: number, count: number): RedisServerOptions {
  const { downAfter = 1000, failoverTimeout = 2000, sentinelLines = [], server } = options;
  const lines = [
    `sentinel monitor ${name} 127.0.0.1 ${port} ${Math.floor(count / 2) + 1}`,
    `sentinel down-after-milliseconds ${name} ${downAfter}`,
    `sentinel failover-timeout ${name} ${failoverTimeout}`,
    ...sentinelLines,
  ];
  return { ...server, configuration: `${lines.join('\n')}\n`, args: ['--sentinel'] };
}
