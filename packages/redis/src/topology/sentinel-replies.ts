/** What sentinels are asked, and their answers read. Hosts and ports that no server can have are passed over. */
import { Command, read } from '@kv/core';
import { asIs, list, mapValues, text } from '../commands/support/replies.ts';
import { type Endpoint as HostAndPort, hostOf, portOf } from './host.ts';

/** Where a sentinel says that the primary is. */
export interface PrimaryView extends HostAndPort {
  /** `config-epoch`: grows with every failover, so that of two views the one with the higher epoch is newer. */
  readonly epoch: number;
}

/** Another sentinel that a sentinel knows. */
export interface KnownSentinel extends HostAndPort {
  /** The id that the sentinel made up for itself. */
  readonly id: string;
}

/** A replica that a sentinel knows. */
export interface KnownReplica extends HostAndPort {
  /** Whether it answers the sentinel. */
  readonly isUp: boolean;
  /** Whether its link to the primary works. */
  readonly isLinked: boolean;
}

const MASTER = read('SENTINEL MASTER', null);
const ADDRESS = read('SENTINEL GET-MASTER-ADDR-BY-NAME', null);
const SENTINELS = read('SENTINEL SENTINELS', null);
const REPLICAS = read('SENTINEL REPLICAS', null);
const MYID = read('SENTINEL MYID', null);

type Fields = Readonly<Record<string, unknown>>;

const fields = (raw: unknown): Fields => mapValues(raw, asIs);

/** The epoch of the configuration that a sentinel has. */
export function askEpoch(name: string): Command<number> {
  return new Command(MASTER, [name], (raw) => {
    const epoch = Number(text(fields(raw)['config-epoch'] ?? '0'));
    return Number.isSafeInteger(epoch) ? epoch : 0;
  });
}

/**
 * The address of the primary; undefined when the sentinel does not know the name. During a failover the sentinel that
 * leads it answers with the new address before its `SENTINEL MASTER` names it.
 */
export function askAddress(name: string): Command<HostAndPort | undefined> {
  return new Command(ADDRESS, [name], (raw) => (raw === null ? undefined : endpointOf(list(raw))));
}

/** The other sentinels that watch the same primary. */
export function askSentinels(name: string): Command<KnownSentinel[]> {
  return new Command(SENTINELS, [name], (raw) =>
    list(raw).flatMap((row) => {
      const { ip, port, runid = '' } = fields(row);
      const endpoint = endpointOf([ip, port]);
      return endpoint === undefined ? [] : [{ ...endpoint, id: text(runid) }];
    }),
  );
}

/** The replicas. Of the primary, too, a sentinel may say that it is one of them: of the next one, during a failover. */
export function askReplicas(name: string): Command<KnownReplica[]> {
  return new Command(REPLICAS, [name], (raw) =>
    list(raw).flatMap((row) => {
      const { ip, port, flags = '', 'master-link-status': link = '' } = fields(row);
      const endpoint = endpointOf([ip, port]);
      const isUp = !/\b(?:[so]_down|disconnected)\b/.test(text(flags));
      return endpoint === undefined ? [] : [{ ...endpoint, isUp, isLinked: text(link) === 'ok' }];
    }),
  );
}

/** The id that a sentinel made up for itself. Since 6.2. */
export const ASK_ID: Command<string> = new Command(MYID, [], text);

function endpointOf([ip, digits]: readonly unknown[]): HostAndPort | undefined {
  if (ip === undefined || digits === undefined) return undefined;
  const host = hostOf(text(ip));
  const port = portOf(text(digits));
  return host === undefined || port === undefined ? undefined : { host, port };
}

/**
 * Messages of sentinels that are a reason to ask them. With `+promoted-slave` the sentinel that leads a failover begins
 * to name the new primary, a second or more before its `+switch-master`.
 */
export const HINTS: readonly string[] = ['+switch-master', '+promoted-slave', '+sdown', '-sdown', '+slave'];

/**
 * Whether a message is about the primary of this name. `+switch-master`: `name ip port ip port`; the others:
 * `type name ip port`, and for servers other than the primary `@ name ip port` behind it.
 */
export function isAbout(name: string, channel: string, message: string): boolean {
  const words = message.split(' ');
  if (channel === '+switch-master') return words[0] === name;
  const at = words.indexOf('@');
  return (at < 0 ? words[1] : words[at + 1]) === name;
}
