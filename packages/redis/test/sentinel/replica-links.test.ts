/** Replicas that answer, but have not the data of the primary: with sentinels they can follow another server for seconds. */
import { array, bulk, integer } from '@kv/testkit/topology/resp-text';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { describe, expect, it } from 'vitest';
import { createRedis } from '../../src/index.ts';
import { addresses, hint, readers, say, withRig } from './replica-rig.ts';

/** Whom a replica follows, and how. */
interface Following {
  primary: ScriptedNode;
  link: string;
}

/** Has a replica say in ROLE whom it follows; what is returned may be changed. */
function follow(replica: ScriptedNode, primary: ScriptedNode, link = 'connected'): Following {
  const following: Following = { primary, link };
  const usual = replica.answer;
  replica.answer = (request) => {
    if (request.name !== 'ROLE' || replica.role === 'master') return usual(request);
    const { host, port } = following.primary;
    return array(bulk('slave'), bulk(host), integer(port), bulk(following.link), integer(1));
  };
  return following;
}

describe('reads from replicas with sentinels', () => {
  it.each([2, 3] as const)(
    'do not go to one that follows an old primary, which came back without data (RESP%i) [#175] [#192]',
    (protocol) =>
      withRig(async (rig, [primary, replica, old]) => {
        say(rig, primary, [{ node: replica }, { node: old, flags: 'slave,disconnected' }]);
        const following = follow(replica, old);
        await using redis = createRedis(rig.url, { readFrom: 'preferReplica', protocol });
        await readers(redis);
        await replica.asked('ROLE');
        for (let i = 0; i < 3; i++) expect(await readers(redis)).toEqual(addresses(primary));
        expect(replica.countOf('GET')).toBe(0);
        following.primary = primary;
        await expect.poll(() => readers(redis)).toEqual(addresses(replica));
      }),
  );

  it('leave one that goes on with the old primary after a failover, and take it again when it follows the new one [#192]', () =>
    withRig(async (rig, [old, replica, next]) => {
      const following = follow(replica, old);
      follow(next, old);
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(replica, next));
      next.role = 'master';
      say(rig, next, [{ node: replica }, { node: old, flags: 'slave,disconnected' }]);
      hint(rig);
      await expect.poll(() => readers(redis)).toEqual(addresses(next));
      const read = replica.countOf('GET');
      for (let i = 0; i < 3; i++) expect(await readers(redis)).toEqual(addresses(next));
      expect(replica.countOf('GET')).toBe(read);
      following.primary = next;
      await expect.poll(() => readers(redis)).toEqual(addresses(replica));
      expect(replica.countOf('HELLO')).toBe(1);
    }));

  it('leave one that loses its link while the primary answers, and return to it when the primary dies [#175] [#192]', () =>
    withRig(async (rig, [primary, first, second]) => {
      const links = [follow(first, primary), follow(second, primary)] as const;
      await using redis = createRedis(rig.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
      links[0].link = 'connect';
      await expect.poll(() => readers(redis)).toEqual(addresses(second));
      links[1].link = 'connecting';
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      await primary.stop();
      await expect.poll(() => readers(redis)).toEqual(addresses(first, second));
    }));
});
