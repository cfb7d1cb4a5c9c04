/** Sentinels that lie, are behind, or say nothing: what real ones do too rarely to wait for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { error } from '@kv/testkit/topology/resp-text';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { describe, expect, it } from 'vitest';
import { createRedis } from '../../src/index.ts';
import { ScriptedRig, type ScriptedSentinel } from './scripted-sentinel.ts';

type Sentinels = readonly [ScriptedSentinel, ScriptedSentinel, ScriptedSentinel];
type Servers = readonly [ScriptedNode, ScriptedNode];

async function withRig(
  run: (rig: ScriptedRig, sentinels: Sentinels, servers: Servers) => Promise<void>,
): Promise<void> {
  await using rig = await ScriptedRig.start(3, 2);
  await run(rig, rig.sentinels as unknown as Sentinels, rig.servers as unknown as Servers);
}

/** The second server becomes the primary, and all sentinels say so; the first one goes on as if nothing had happened. */
function replace(sentinels: readonly ScriptedSentinel[], [, next]: Servers): void {
  next.role = 'master';
  for (const sentinel of sentinels) {
    sentinel.names = next;
    sentinel.epoch = 2;
  }
}

/**
 * Resolves when the client has read what a server answered to a command: the sentinels have been asked twice after that.
 * A new primary that is named sooner would make the outcome of the command unknown.
 */
async function refusalRead([first]: Sentinels, server: ScriptedNode, name: string, count: number): Promise<void> {
  await server.asked(name, count);
  await first.asked('SENTINEL', first.countOf('SENTINEL') + 2 * QUESTIONS);
}

/** The most that one sentinel is asked at once. */
const QUESTIONS = 5;

describe('sentinels that disagree', () => {
  it('are compared: one that is behind, one that knows no such name and one that is right give the right primary [#182]', () =>
    withRig(async (rig, [behind, ignorant, right], [, next]) => {
      next.role = 'master';
      behind.epoch = 4;
      ignorant.names = undefined;
      right.names = next;
      right.epoch = 5;
      await using redis = createRedis(rig.url);
      expect(await redis.get('k')).toBe(next.address);
    }));

  it('are told of each time when none of them names a primary, with the reason, until one does', () =>
    withRig(async (rig, sentinels, [primary]) => {
      for (const sentinel of sentinels) sentinel.names = undefined;
      await using redis = createRedis(rig.url, { timeout: 20_000 });
      const told: string[] = [];
      redis.on('discoveryFailed', ({ cause }) => told.push(cause.message));
      const got = redis.get('k');
      await expect.poll(() => told.length).toBeGreaterThan(1);
      for (const sentinel of sentinels) sentinel.names = primary;
      expect(await got).toBe(primary.address);
      expect(new Set(told)).toEqual(new Set(['No sentinel names a primary (3 asked, 3 know no primary of this name)']));
    }));

  it('are told of with the first failure when none of them answers', async () => {
    await using redis = createRedis({ sentinels: ['127.0.0.1:1'], name: 'main' });
    const told = new Promise<string>((resolve) => redis.on('discoveryFailed', ({ cause }) => resolve(cause.message)));
    redis.connect().catch(() => undefined);
    expect(await told).toMatch(/^No sentinel names a primary \(1 asked, first failure: .*ECONNREFUSED/);
  });

  it('do not lead to a server that says that it is a replica: they are asked again until it is none [#183]', () =>
    withRig(async (rig, sentinels, servers) => {
      for (const sentinel of sentinels) sentinel.names = servers[1];
      await using redis = createRedis(rig.url);
      const got = redis.get('k');
      await servers[1].asked('HELLO', 2);
      expect(servers[1].countOf('GET')).toBe(0);
      servers[1].role = 'master';
      expect(await got).toBe(servers[1].address);
    }));

  it('are not believed about an older primary while others say nothing: it was replaced, and has returned [#182] [#186]', () =>
    withRig(async (rig, sentinels, servers) => {
      await using redis = createRedis(rig.url);
      await redis.set('k', '1');
      replace(sentinels, servers);
      for (const sentinel of sentinels) sentinel.publish('+switch-master', 'main 1.2.3.4 1 1.2.3.4 2');
      await expect.poll(() => redis.nodes('primary').map(({ address }) => address)).toEqual([servers[1].address]);
      const [behind, ...silent] = sentinels;
      behind.names = servers[0];
      behind.epoch = 1;
      const voices = silent.map((sentinel) => sentinel.answer);
      for (const sentinel of silent) sentinel.answer = ({ name }) => (name === 'SENTINEL' ? '' : undefined);
      behind.publish('+sdown', 'slave x 1.2.3.4 1 @ main 1.2.3.4 2');
      await behind.asked('SENTINEL', behind.countOf('SENTINEL') + 3 * QUESTIONS);
      const written = servers[0].countOf('SET');
      for (let i = 0; i < 5; i++) expect(await redis.set('k', '2')).toBe('OK');
      expect(servers[0].countOf('SET')).toBe(written);
      for (const [i, sentinel] of silent.entries()) sentinel.answer = voices[i] ?? sentinel.answer;
    }));

  it('outvote one that lies with a higher epoch about a server that is a replica [#183]', () =>
    withRig(async (rig, [liar], [primary, replica]) => {
      liar.names = replica;
      liar.epoch = 99;
      await using redis = createRedis(rig.url);
      expect(await redis.get('k')).toBe(primary.address);
    }));

  it('are asked for each role in RESP2, too, where HELLO says nothing [#183]', () =>
    withRig(async (rig, _, [primary]) => {
      await using redis = createRedis(rig.url, { protocol: 2 });
      expect(await redis.get('k')).toBe(primary.address);
      expect(primary.countOf('ROLE')).toBe(1);
    }));
});

describe('a primary that is replaced', () => {
  it('loses its connections at once although it is healthy, and calls go to the new one [#185] [#186]', () =>
    withRig(async (rig, sentinels, servers) => {
      await using redis = createRedis(rig.url);
      expect(await redis.get('k')).toBe(servers[0].address);
      await using session = await redis.session();
      await sentinels[2].asked('SUBSCRIBE');
      replace(sentinels, servers);
      sentinels[2].publish('+switch-master', 'main 1.2.3.4 1 1.2.3.4 2'); // a hint: its addresses are not used
      await expect.poll(() => servers[0].connections).toBe(0);
      expect(await redis.get('k')).toBe(servers[1].address);
      await expect(session.get('k')).rejects.toMatchObject({ code: 'CONNECTION' });
    }));

  it('keeps its connections when an event comes late, or is about another primary [#185]', () =>
    withRig(async (rig, sentinels, servers) => {
      await using redis = createRedis(rig.url);
      expect(await redis.get('k')).toBe(servers[0].address);
      await sentinels[0].asked('SUBSCRIBE');
      const asked = sentinels[0].countOf('SENTINEL');
      const { host, port } = servers[1];
      sentinels[0].publish('+switch-master', `other 1.2.3.4 1 ${host} ${port}`);
      sentinels[0].publish('+switch-master', `main 1.2.3.4 1 ${host} ${port}`);
      await expect.poll(() => sentinels[0].countOf('SENTINEL')).toBeGreaterThan(asked);
      expect(await redis.get('k')).toBe(servers[0].address);
      expect(servers[1].countOf('HELLO')).toBe(0);
    }));

  it.each(['+switch-master', '+promoted-slave'])(
    'gets no call after %s was heard: calls wait for the millisecond that the sentinels need to answer [#186]',
    (event) =>
      withRig(async (rig, sentinels, servers) => {
        await using redis = createRedis(rig.url);
        await redis.set('k', '1');
        await sentinels[2].asked('SUBSCRIBE');
        replace(sentinels, servers);
        let answer: () => void = () => undefined;
        const asked = new Promise<undefined>((resolve) => {
          answer = () => resolve(undefined);
        });
        for (const sentinel of sentinels) {
          const usual = sentinel.answer;
          sentinel.answer = (request) =>
            request.name === 'SENTINEL' ? asked.then(() => usual(request)) : usual(request);
        }
        const before = sentinels[0].countOf('SENTINEL');
        sentinels[2].publish(
          event,
          `${event === '+switch-master' ? '' : 'slave x 1.2.3.4 2 @ '}main 1.2.3.4 1 1.2.3.4 2`,
        );
        await sentinels[0].asked('SENTINEL', before + 1);
        const written = redis.set('k', '2');
        const read = redis.get('k');
        await new Promise(setImmediate);
        answer();
        expect([await written, await read]).toEqual(['OK', servers[1].address]);
        expect([servers[0].countOf('SET'), servers[0].countOf('GET')]).toEqual([1, 0]);
      }),
  );

  it('gets calls again after a quarter of a second when sentinels only send messages and answer nothing [#185]', () =>
    withRig(async (rig, sentinels, servers) => {
      await using redis = createRedis(rig.url);
      await redis.set('k', '1');
      await sentinels[2].asked('SUBSCRIBE');
      for (const sentinel of sentinels) sentinel.answer = ({ name }) => (name === 'SENTINEL' ? '' : undefined);
      const before = sentinels[0].countOf('SENTINEL');
      sentinels[2].publish('+switch-master', 'main 1.2.3.4 1 1.2.3.4 2');
      await sentinels[0].asked('SENTINEL', before + 1);
      expect(await redis.get('k')).toBe(servers[0].address);
    }));

  it('is not connected to again from memory: with dead event channels its loss makes the client ask [#184] [#187]', () =>
    withRig(async (rig, sentinels, servers) => {
      await using redis = createRedis(rig.url);
      expect(await redis.get('k')).toBe(servers[0].address);
      await sleep(60); // a primary that was named in the last 50 ms is connected to without a question
      replace(sentinels, servers);
      const hellos = servers[0].countOf('HELLO');
      servers[0].requests.at(-1)?.reset();
      expect(await redis.get('k')).toBe(servers[1].address);
      expect(servers[0].countOf('HELLO')).toBe(hellos);
    }));

  it('has its refused writes repeated at the new one, alone and in a transaction [#105] [#187]', () =>
    withRig(async (rig, sentinels, servers) => {
      const queued = ({ name }: { readonly name: string }): string | undefined => {
        if (name === 'MULTI') return '+OK\r\n';
        if (name === 'EXEC') return error('EXECABORT Transaction discarded because of previous errors.');
        return name === 'SET' ? error("READONLY You can't write against a read only replica.") : undefined;
      };
      await using redis = createRedis(rig.url);
      await redis.set('k', '1');
      servers[0].answer = queued;
      servers[0].role = 'replica';
      const set = redis.set('k', '2');
      await refusalRead(sentinels, servers[0], 'SET', 2);
      replace(sentinels, servers);
      expect(await set).toBe('OK');
      expect(servers[0].countOf('SET') + servers[1].countOf('SET')).toBe(3); // the first, the refused and its repetition
      servers[1].answer = queued;
      servers[1].role = 'replica';
      servers[0].answer = ({ name }) => ({ MULTI: '+OK\r\n', SET: '+QUEUED\r\n', EXEC: '*1\r\n+OK\r\n' })[name];
      servers[0].role = 'master';
      const multi = redis.multi();
      void multi.set('k', '3');
      const executed = multi.execute();
      await refusalRead(sentinels, servers[1], 'EXEC', 1);
      for (const sentinel of sentinels) {
        sentinel.names = servers[0];
        sentinel.epoch = 3;
      }
      expect(await executed).toEqual(['OK']);
      expect(servers[1].countOf('EXEC')).toBe(1);
    }));

  it('lets a blocking command that it ends go on at the new one with the time that is left [#187] [#188]', () =>
    withRig(async (rig, sentinels, servers) => {
      let demote: (text: string) => void = () => undefined;
      servers[0].answer = ({ name }) => {
        if (name !== 'BLPOP') return undefined;
        return new Promise((resolve) => {
          demote = resolve;
        });
      };
      servers[1].answer = ({ name }) => (name === 'BLPOP' ? '*2\r\n$1\r\nq\r\n$1\r\nx\r\n' : undefined);
      await using redis = createRedis(rig.url);
      const popped = redis.blpop('q', 30);
      await servers[0].asked('BLPOP');
      servers[1].role = 'master';
      for (const sentinel of sentinels) sentinel.epoch = 2;
      demote(
        error('UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)').trim() +
          '\r\n',
      );
      for (const sentinel of sentinels) sentinel.names = servers[1];
      expect(await popped).toEqual({ key: 'q', element: 'x' });
      const [, time] = servers[1].requests.find(({ name }) => name === 'BLPOP')?.args ?? [];
      expect(Number(time)).toBeLessThan(30);
      expect(Number(time)).toBeGreaterThan(10);
    }));
});

describe('sentinels that cannot be asked', () => {
  it('leave the client connecting, with the cause in the errors of its calls [#182]', () =>
    withRig(async (rig, sentinels) => {
      for (const sentinel of sentinels) await sentinel.stop();
      await using redis = createRedis(rig.url);
      await expect(
        redis
          .with({ timeout: 700 })
          .get('k')
          .catch((cause: unknown) => cause),
      ).resolves.toMatchObject({
        code: 'TIMEOUT',
        outcome: 'notSent',
        cause: { message: /^No sentinel names a primary/ },
      });
      expect(redis.state).toBe('connecting');
      await expect(redis.connect()).rejects.toMatchObject({ code: 'CONNECTION', cause: { code: 'CONNECTION' } });
    }));

  it('are found by names that lead to others by now, and by what those know [#106] [#189]', () =>
    withRig(async (_, [first, second, third], servers) => {
      first.knows = [second, third];
      await using redis = createRedis(`redis+sentinel://localhost:${first.port}/main`);
      expect(await redis.get('k')).toBe(servers[0].address);
      await second.asked('SUBSCRIBE'); // it was found and is asked as well
      await first.stop();
      replace([second, third], servers);
      third.publish('+sdown', 'master main 1.2.3.4 1');
      second.publish('+sdown', 'master main 1.2.3.4 1');
      await expect.poll(() => redis.get('k')).toBe(servers[1].address);
      await second.stop();
      await third.stop();
      await first.start(); // the seed, at the same name
      replace([first], servers);
      servers[1].requests.at(-1)?.reset();
      expect(await redis.get('k')).toBe(servers[1].address);
    }));

  it('get a user and password of their own, and never those of the primary [#190]', () =>
    withRig(async (rig, sentinels, [primary]) => {
      for (const sentinel of sentinels) sentinel.login = 'watch word';
      await using redis = createRedis(
        `${rig.url.replace('//', '//app:secret@')}/2?sentinelUser=watch&sentinelPassword=word`,
      );
      expect(await redis.get('k')).toBe(primary.address);
      expect(sentinels[0].requests.flatMap(({ args }) => args)).not.toContain('secret');
      expect(sentinels[0].countOf('SELECT')).toBe(0);
      expect(primary.requests.find(({ name }) => name === 'SELECT')?.args).toEqual(['2']);
      await using stranger = createRedis(rig.url, { sentinel: { password: 'wrong' } });
      await expect(stranger.get('k')).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    }));
});
