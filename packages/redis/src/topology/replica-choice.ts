import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import type { SentinelAnswer } from './sentinel-link.ts';
import type { KnownReplica } from './sentinel-replies.ts';

/** What sentinels say of one replica. */
interface Opinions {
  readonly named: HostAndPort;
  readonly of: KnownReplica[];
}

/**
 * The replicas that several sentinels name beside this primary and that are up. Each sentinel sees with its own eyes: what
 * more than half of those say that know the replica counts. Answers that name another primary do not.
 */
export function chooseReplicas(answers: readonly SentinelAnswer[], primary: HostAndPort): KnownReplica[] {
  const own = endpointText(primary.host, primary.port);
  const agreed = answers.filter(({ view }) => view !== undefined && endpointText(view.host, view.port) === own);
  const known = opinionsOf(agreed.flatMap(({ replicas }) => replicas));
  known.delete(own); // during a failover it is still called a replica
  return [...known.values()].flatMap(({ named: { host, port }, of }) => {
    if (!isMost(of, ({ isUp }) => isUp)) return [];
    return [{ host, port, isUp: true, isLinked: isMost(of, ({ isLinked }) => isLinked) }];
  });
}

function opinionsOf(replicas: readonly KnownReplica[]): Map<string, Opinions> {
  const known = new Map<string, Opinions>();
  for (const replica of replicas) {
    const address = endpointText(replica.host, replica.port);
    const opinions = known.get(address) ?? { named: replica, of: [] };
    if (opinions.of.length === 0) known.set(address, opinions);
    opinions.of.push(replica);
  }
  return known;
}

function isMost(opinions: readonly KnownReplica[], isSo: (replica: KnownReplica) => boolean): boolean {
  return opinions.filter(isSo).length * 2 > opinions.length;
}
