import { expect, it } from 'vitest';
import { Trace } from './trace.ts';
import { TracingChannels } from './tracing-channels.ts';

it('a runtime whose channels bind no stores publishes the same events', () => {
  const heard: string[] = [];
  const channels = new TracingChannels('without-stores');
  const plain = (event: string) => ({ hasSubscribers: true, publish: () => void heard.push(event) });
  const old = Object.assign(Object.create(channels) as TracingChannels, {
    start: plain('start'),
    end: plain('end'),
    error: plain('error'),
    asyncStart: plain('asyncStart'),
    asyncEnd: plain('asyncEnd'),
  });
  const trace = new Trace(old, { durationMs: 0 });
  trace.end(new Error('lost'));
  expect(heard).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
});
