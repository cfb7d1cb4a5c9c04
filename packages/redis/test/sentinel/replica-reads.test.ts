/** `readFrom` with sentinels: which replicas answer reads, and what happens when one of them is no replica any more. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { array, bulk, error, integer, map } from '@kv/testkit/topology/resp-text';
import { describe, expect, it } from 'vitest';
import { type CommandEvent, type ConnectEvent, createRedis, type TopologyEvent } from '../../src/index.ts';
import { addresses, hint, readers, say, withRig } from './replica-rig.ts';

describe('readFrom with sentinels', () => {
  it('is the primary unless something else is said; preferReplica takes replicas in turn [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      await using redis = createRedis(rig.url);
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      const view = redis.with({ readFrom: 'preferReplica' });
      await expect.poll(() => readers(view)).toEqual(addresses(first, second));
      const before = [first.countOf('GET'), second.countOf('GET')];
      expect(await readers(view)).toEqual(addresses(first, second));
      expect([first.countOf('GET'), second.countOf('GET')]).toEqual(before.map((count) => count + 3));
      expect(await readers(view.with({ readFrom: 'primary' }))).toEqual(addresses(primary));
      await using always = createRedis(rig.url, { readFrom: 'preferReplica', protocol: 2 });
      await expect.poll(() => readers(always)).toEqual(addresses(first, second));
    }));

  it('is for single reads with keys: writes, transactions, cursors and sessions are for the primary [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      const answers = { SET: '+OK\r\n', MULTI: '+OK\r\n', GET: '+QUEUED\r\n', EXEC: array(bulk('primary')) };
      const others = { HSCAN: array(bulk('0'), array()), DBSIZE: integer(1) };
      primary.answer = ({ name }) => ({ ...answers, ...others })[name];
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await redis.set('k', 'v');
      const multi = redis.multi();
      void multi.get('k');
      expect(await multi.execute()).toEqual(['primary']);
      await redis.hscan('k', '0');
      await redis.dbsize();
      await using session = await redis.session();
      await session.execute('GET', 'k');
      expect([first.countOf('HELLO'), second.countOf('HELLO')]).toEqual([0, 0]);
    }));

  it.each([
    ['is down in the eyes of the sentinels', { flags: 'slave,s_down' }],
    ['is down for most of them', { flags: 'slave,o_down' }],
    ['is not connected to them', { flags: 'slave,disconnected' }],
    ['has lost its link to the primary', { link: 'err' }],
  ])('leaves out a replica that %s, and takes it again when it is well [#192]', (_, opinion) =>
    withRig(async (rig, [primary, first, second]) => {
      say(rig, primary, [{ node: first, ...opinion }, { node: second }]);
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      expect(await readers(redis.with({ readFrom: 'primary' }))).toEqual(addresses(primary));
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      say(rig, primary, [
        { node: first, ...opinion },
        { node: second, ...opinion },
      ]);
      hint(rig);
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      expect(first.countOf('HELLO')).toBe(0);
      say(rig, primary, [{ node: first }, { node: second }]);
      hint(rig);
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
    }),
  );

  it('believes what most sentinels say of a replica [#182] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      const down = { node: first, flags: 'slave,s_down' };
      for (const sentinel of rig.sentinels.slice(1)) sentinel.replicas = [down, { node: second }];
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await redis.connect();
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      rig.sentinels[2]?.publish('+sdown', 'slave x 1.2.3.4 1 @ main 1.2.3.4 2');
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      expect(await readers(redis.with({ readFrom: 'primary' }))).toEqual(addresses(primary));
    }));

  it.each([2, 3] as const)(
    'never reads from a server that says that it is a primary: it is the old one (RESP%i) [#183] [#192]',
    (protocol) =>
      withRig(async (rig, [, old, replica]) => {
        old.role = 'master';
        await using redis = createRedis(rig.url, { readFrom: 'preferReplica', protocol });
        for (let i = 0; i < 5; i++) await expect.poll(() => readers(redis)).toEqual(addresses(replica));
        expect(old.countOf('ROLE')).toBeGreaterThan(0);
        expect(old.countOf('GET')).toBe(0);
        old.role = 'replica';
        await expect.poll(() => readers(redis)).toEqual(addresses(old, replica));
      }),
  );

  it('never reads from an old primary that has yet to load what the new one has [#192]', () =>
    withRig(async (rig, [, old, replica]) => {
      const usual = old.answer;
      let link = 'sync';
      old.answer = (request) =>
        request.name === 'ROLE'
          ? array(bulk('slave'), bulk('1.2.3.4'), integer(1), bulk(link), integer(-1))
          : usual(request);
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(replica));
      expect(old.countOf('GET')).toBe(0);
      link = 'connected';
      await expect.poll(() => readers(redis)).toEqual(addresses(old, replica));
    }));

  it('takes a replica whose user may not ask for the role at its word in HELLO [#192]', () =>
    withRig(async (rig, [, first, second]) => {
      for (const node of [first, second]) {
        const usual = node.answer;
        node.answer = (request) =>
          request.name === 'ROLE'
            ? error("NOPERM this user has no permissions to run the 'role' command")
            : usual(request);
      }
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
    }));

  it.each([
    ['LOADING', 'LOADING Redis is loading the dataset in memory'],
    ['MASTERDOWN', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
    ['READONLY', "READONLY You can't write against a read only replica."],
  ])('sends a read that a replica answers with %s to the next, last to the primary [#173] [#192]', (_, text) =>
    withRig(async (rig, [primary, first, second]) => {
      const usual = first.answer;
      const refusing = ({ name }: { readonly name: string }): string | undefined =>
        name === 'GET' ? error(text) : name === 'ROLE' ? array(bulk('slave')) : undefined;
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      first.answer = refusing;
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      second.answer = refusing;
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      first.answer = usual;
      await expect.poll(() => readers(redis)).toEqual(addresses(first));
    }),
  );

  it('sends reads that a lost replica had to the next one, and spreads them again when it is back [#173] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica', timeout: 3000 });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      const usual = first.answer;
      first.answer = (request) => {
        if (request.name === 'GET') request.reset();
        return usual(request);
      };
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      await first.stop();
      first.answer = usual;
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      await second.stop();
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      await Promise.all([first.start(), second.start()]);
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
    }));

  it('passes over a replica that refuses the login, and takes it again when it does not [#173] [#192]', () =>
    withRig(async (rig, [, first, second]) => {
      const usual = first.answer;
      first.answer = ({ name }) =>
        name === 'HELLO' ? error('WRONGPASS invalid username-password pair or user is disabled.') : undefined;
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica', password: 'secret' });
      for (let i = 0; i < 3; i++) await expect.poll(() => readers(redis)).toEqual(addresses(second));
      first.answer = usual;
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
    }));

  it('gives reads that a frozen replica keeps to others once the sentinels say that it is down [#173] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica', timeout: 0 });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      first.answer = ({ name }) => (name === 'GET' ? '' : undefined);
      const kept = [redis.get('a'), redis.get('b')];
      await first.asked('GET', 4);
      await sleep(600); // it is taken for frozen after half a second
      say(rig, primary, [{ node: first, flags: 'slave,s_down' }, { node: second }]);
      hint(rig);
      expect(await Promise.all(kept)).toEqual([second.address, second.address]);
    }));

  it('goes on with replicas while the primary is dead, also when they have lost their link to it [#175] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      await primary.stop();
      say(rig, primary, [
        { node: first, link: 'err' },
        { node: second, link: 'err' },
      ]);
      hint(rig);
      const asked = rig.sentinels[0]?.countOf('SENTINEL') ?? 0;
      await rig.sentinels[0]?.asked('SENTINEL', asked + 10);
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      await primary.start();
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
    }));

  it('follows roles that are swapped: reads go on, and not one goes to the old primary before it is a replica [#172] [#192]', () =>
    withRig(async (rig, [old, next, other]) => {
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(next, other));
      await redis.set('k', 'v');
      const asked = old.countOf('GET');
      next.role = 'master';
      say(rig, next, [{ node: next }, { node: old, link: 'err' }, { node: other }]);
      hint(rig);
      await expect.poll(() => old.connections).toBe(0);
      await expect.poll(() => readers(redis)).toEqual(addresses(other));
      expect(await redis.set('k', 'w')).toBe('OK');
      expect(next.countOf('SET')).toBe(1);
      expect(old.countOf('GET')).toBe(asked);
      old.role = 'replica';
      say(rig, next, [{ node: old }, { node: other }]);
      hint(rig);
      await expect.poll(() => readers(redis)).toEqual(addresses(old, other));
    }));

  it('nearest takes the server with the shortest round trip, az: those of a zone [#171] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      for (const [node, wait, zone] of [
        [primary, 60, 'b'],
        [first, 120, 'a'],
        [second, 0, 'c'],
      ] as const) {
        const usual = node.answer;
        const info = bulk(`# Server\r\navailability_zone:${zone}\r\n`);
        node.answer = (request) => {
          if (request.name === 'PING') return sleep(wait).then(() => undefined);
          return request.name === 'INFO' ? info : usual(request);
        };
      }
      await using redis = createRedis(rig.url, { readFrom: 'nearest' });
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      await expect.poll(() => readers(redis.with({ readFrom: 'az:a' }))).toEqual(addresses(first));
      await expect.poll(() => readers(redis.with({ readFrom: 'az:b' }))).toEqual(addresses(primary));
      await expect.poll(() => readers(redis.with({ readFrom: 'az:z' }))).toEqual(addresses(first, second));
      expect(redis.nodes().map(({ az }) => az)).toEqual(['b', 'a', 'c']);
    }));

  it('selects the database at replicas, and keeps user and password from the sentinels [#190] [#192]', () =>
    withRig(async (rig, [, first, second]) => {
      await using redis = createRedis(`${rig.url.replace('//', '//app:secret@')}/2`, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      const selects = [first, second].map((node) => node.requests.find(({ name }) => name === 'SELECT')?.args);
      expect(selects).toEqual([['2'], ['2']]);
      expect(rig.sentinels[0]?.requests.flatMap(({ args }) => args)).not.toContain('secret');
    }));
});

describe('nodes() with sentinels', () => {
  it('lists the primary and the replicas that are up, each with a client for it alone [#151] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      say(rig, primary, [{ node: first }, { node: second, flags: 'slave,s_down' }]);
      await using redis = createRedis(rig.url);
      expect(redis.nodes()).toEqual([]);
      await redis.connect();
      expect(redis.nodes().map(({ id, address, role, slots }) => ({ id, address, role, slots }))).toEqual([
        { id: primary.address, address: primary.address, role: 'primary', slots: [] },
        { id: first.address, address: first.address, role: 'replica', slots: [] },
      ]);
      const [replica] = redis.nodes('replica');
      expect(await replica?.client.get('k')).toBe(first.address);
      expect(replica?.client.address).toBe(first.address);
      await expect(replica?.client.set('k', 'v')).rejects.toMatchObject({ prefix: 'READONLY' });
      expect(await redis.nodes('primary')[0]?.client.set('k', 'v')).toBe('OK');
      expect(primary.countOf('SET')).toBe(1);
      say(rig, primary, [{ node: first }, { node: second }]);
      hint(rig);
      await expect
        .poll(() => redis.nodes().map(({ address }) => address))
        .toEqual([primary.address, first.address, second.address]);
    }));

  it('stats() shows each server with its role, and kv:topology tells when others are named [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      const events: TopologyEvent[] = [];
      const listener = (event: unknown): void => void events.push(event as TopologyEvent);
      subscribe('kv:topology', listener);
      try {
        await using redis = createRedis(rig.url, { name: 'told', readFrom: 'preferReplica' });
        await redis.set('k', 'v');
        await redis.get('k');
        expect(redis.stats().nodes).toMatchObject([
          { name: primary.address, role: 'primary', ready: true },
          { name: first.address, role: 'replica' },
          { name: second.address, role: 'replica' },
        ]);
        say(rig, primary, [{ node: first }]);
        hint(rig);
        await expect
          .poll(() => events.filter(({ client }) => client === 'told'))
          .toEqual([
            { client: 'told', cause: 'first use', epoch: expect.any(Number), moved: 1, nodes: 3 },
            { client: 'told', cause: '+sdown', epoch: expect.any(Number), moved: 0, nodes: 2 },
          ]);
      } finally {
        unsubscribe('kv:topology', listener);
      }
    }));

  it('events of commands and connections name the server [#151] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      const answered: string[] = [];
      const connected = new Set<string>();
      const onCommand = (event: unknown): void => {
        const { client, command, address } = event as CommandEvent;
        if (client === 'named') answered.push(`${command} ${address}`);
      };
      const onConnect = (event: unknown): void => {
        const { client, address } = event as ConnectEvent;
        if (client === 'named') connected.add(address);
      };
      subscribe('kv:command', onCommand);
      subscribe('kv:connect', onConnect);
      try {
        await using redis = createRedis(rig.url, { name: 'named', readFrom: 'preferReplica' });
        await redis.set('k', 'v');
        const reads = [await redis.get('k'), await redis.get('k')];
        expect(answered).toEqual([`SET ${primary.address}`, ...reads.map((address) => `GET ${address}`)]);
        expect([...connected].sort()).toEqual(addresses(primary, first, second));
      } finally {
        unsubscribe('kv:command', onCommand);
        unsubscribe('kv:connect', onConnect);
      }
    }));

  it('opens connections for blocking commands to the primary only [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      await using redis = createRedis(rig.url, { minBlocking: 2, readFrom: 'preferReplica' });
      await redis.connect();
      await readers(redis);
      expect(redis.stats().nodes.map(({ connections }) => connections.blocking.size)).toEqual([2, 0, 0]);
      expect([primary, first, second].map(({ connections }) => connections)).toEqual([3, 1, 1]);
    }));

  it('shows zones that servers tell in HELLO [#171] [#192]', () =>
    withRig(async (rig, [, first]) => {
      const usual = first.answer;
      first.answer = (request) => {
        if (request.name !== 'HELLO') return usual(request);
        const told = { proto: integer(3), id: integer(1), role: bulk('replica'), availability_zone: bulk('here') };
        return map(request.protocol, told);
      };
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await readers(redis);
      expect(redis.nodes().map(({ az }) => az)).toEqual([undefined, 'here', undefined]);
    }));
});
