import type { Client } from '../client.ts';
import type { Commands, Run } from '../command.ts';
import { refuse } from '../command-error.ts';
import { globMatches } from '../glob.ts';
import { confirmation, type Kind } from '../pubsub.ts';
import { array, bulk, bulks, integer } from '../replies.ts';

/** One confirmation for each name. */
function subscribe(kind: Kind): Run {
  return ({ state, client, name: verb }, names) => {
    if (kind === 'shards' && client.executing) refuse("SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    return names
      .map((name) => {
        state.pubsub.add(client, kind, name);
        return confirmation(client, verb, kind, name);
      })
      .join('');
  };
}

/** Without names: all of the kind, or one confirmation without a name. */
function unsubscribe(kind: Kind): Run {
  return ({ state, client, name: verb }, names) => {
    const wanted = names.length > 0 ? names : [...client.subscriptions[kind]];
    if (wanted.length === 0) return confirmation(client, verb, kind, undefined);
    return wanted
      .map((name) => {
        state.pubsub.remove(client, kind, name);
        return confirmation(client, verb, kind, name);
      })
      .join('');
  };
}

function list(
  listeners: ReadonlyMap<string, Set<Client>>,
  [pattern, ...rest]: readonly string[],
  subcommand: string | undefined,
): string {
  if (rest.length > 0) {
    refuse(`unknown subcommand or wrong number of arguments for '${subcommand}'. Try PUBSUB HELP.`);
  }
  return bulks([...listeners.keys()].filter((name) => pattern === undefined || globMatches(pattern, name)));
}

function counts(listeners: ReadonlyMap<string, Set<Client>>, names: readonly string[]): string {
  return array(names.flatMap((name) => [bulk(name), integer(listeners.get(name)?.size ?? 0)]));
}

/** Publish and subscribe. */
export const pubsubCommands: Commands = {
  subscribe: subscribe('channels'),
  psubscribe: subscribe('patterns'),
  ssubscribe: subscribe('shards'),
  unsubscribe: unsubscribe('channels'),
  punsubscribe: unsubscribe('patterns'),
  sunsubscribe: unsubscribe('shards'),
  publish: ({ state }, [channel = '', message = '']) => {
    state.cluster?.publish(channel, message);
    return integer(state.pubsub.publish(channel, message));
  },
  spublish: ({ state }, [channel = '', message = '']) => integer(state.pubsub.publishToShard(channel, message)),
  'pubsub|channels': ({ state, words }, args) => list(state.pubsub.channels, args, words[1]),
  'pubsub|shardchannels': ({ state, words }, args) => list(state.pubsub.shards, args, words[1]),
  'pubsub|numsub': ({ state }, names) => counts(state.pubsub.channels, names),
  'pubsub|shardnumsub': ({ state }, names) => counts(state.pubsub.shards, names),
  'pubsub|numpat': ({ state }) => integer(state.pubsub.patterns.size),
};
