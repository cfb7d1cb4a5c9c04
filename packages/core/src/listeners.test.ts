import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { Listeners } from './listeners.ts';

type Events = { readonly told: (text: string, count: number) => void; readonly other: () => void };

const listeners = (): Listeners<Events> => new Listeners<Events>(['told', 'other']);
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('listeners', () => {
  it('are called after the caller has gone on, each once, in the order in which they were added', async () => {
    const heard: unknown[] = [];
    const events = listeners();
    const first = (...details: unknown[]): void => void heard.push('first', ...details);
    events.on('told', first);
    events.on('told', (text) => heard.push('second', text));
    events.on('told', first);
    events.emit('told', 'a', 1);
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['first', 'a', 1, 'second', 'a']);
    expect([events.count('told'), events.count('other')]).toEqual([2, 0]);
  });

  it('run in the async context in which they were added [#24]', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const events = listeners();
    const listener = (): void => void seen.push(storage.getStore());
    storage.run('adder', () => events.on('other', listener));
    events.on('other', () => seen.push(storage.getStore()));
    storage.run('emitter', () => events.emit('other'));
    await turn();
    expect(seen).toEqual(['adder', undefined]);
  });

  it('are not called once they are taken off, also not for what was told before [#4]', async () => {
    const heard: unknown[] = [];
    const events = listeners();
    const listener = (text: string): void => {
      heard.push(text);
      events.off('told', listener);
    };
    events.on('told', listener);
    events.emit('told', 'a', 1);
    events.emit('told', 'b', 2);
    await turn();
    events.on('told', listener);
    events.emit('told', 'c', 3);
    events.off('told', listener);
    events.on('told', listener);
    events.emit('told', 'd', 4);
    events.clear();
    await turn();
    expect(heard).toEqual(['a']);
  });

  it('of unknown events, and what is no listener, are refused with an ArgumentError [#35]', () => {
    const events = listeners();
    for (const [event, listener] of [
      ['tolt', () => undefined],
      ['__proto__', () => undefined],
      [undefined, () => undefined],
      ['told', undefined],
    ] as const) {
      for (const call of ['on', 'off'] as const)
        expect(() => events[call](event as 'told', listener as never)).toThrow(
          expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(new RegExp(`^${call}: `)) }),
        );
    }
  });
});
