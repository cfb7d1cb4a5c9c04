/** Commands that are more than a command here: they change the client, or have a connection of their own. */
import type { Redis as KvRedis } from '@kv/redis';
import type { Command } from './command.ts';
import type { Life } from './life.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Watch } from './watch.ts';

/** What they do something to. */
export interface SpecialHost {
  readonly life: Life;
  readonly watch: Watch;
  readonly subscriptions: Subscriptions;
  /** Where commands go. @throws when the client takes none */
  target(name: string): KvRedis;
  /** Closes the client. @param wait whether calls under way may end */
  end(wait: boolean): Promise<'OK'>;
  /** Another database was selected. */
  selected(db: number): void;
}

type Special = (host: SpecialHost, command: Command) => Promise<unknown>;

const SPECIALS: Readonly<Record<string, Special>> = {
  quit: (host) => host.end(true),
  watch: async (host, command) => host.watch.add(host.target('watch'), command.value().args),
  unwatch: async ({ watch }) => {
    watch.end();
    return 'OK';
  },
  select: async (host, { args: [db] }) => {
    await host.target('select').select(Number(db));
    host.selected(Number(db));
    return 'OK';
  },
  auth: async (host, { args: [user, password] }) => {
    const kv = host.target('auth');
    return password === undefined ? kv.auth(String(user)) : kv.auth(String(user), String(password));
  },
  'client setname': async (host, { args: [, name] }) => {
    host.target('client');
    return host.life.kv.setName(String(name));
  },
};

const SUBSCRIBING: Readonly<Record<string, Special>> = Object.fromEntries(
  (['subscribe', 'psubscribe', 'ssubscribe'] as const).flatMap((kind): [string, Special][] => [
    [
      kind,
      async (host, { args }) => {
        host.target(kind);
        return host.subscriptions.subscribe(kind, args);
      },
    ],
    [kind.replace('sub', 'unsub'), ({ subscriptions }, { args }) => subscriptions.unsubscribe(kind, args)],
  ]),
);

const ALL: ReadonlyMap<string, Special> = new Map(Object.entries({ ...SPECIALS, ...SUBSCRIBING }));

/** What a command does, where it is one of these. */
export function specialOf({ name, args: [first] }: Command): Special | undefined {
  return ALL.get(name === 'client' ? `client ${String(first).toLowerCase()}` : name);
}
