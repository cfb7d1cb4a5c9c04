import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deque } from './deque.ts';

test('behaves like an array', () => {
  const action = fc.constantFrom('push', 'unshift', 'pop', 'shift', 'shift');
  const actions = fc.array(action, { maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(actions, (list) => {
      const deque = new Deque<number>();
      const model: number[] = [];
      for (const [n, name] of list.entries()) {
        if (name === 'push' || name === 'unshift') {
          deque[name](n);
          model[name](n);
        } else if (deque[name as 'pop']() !== model[name as 'pop']()) throw new Error(`${name} differs`);
      }
      expect([deque.size, deque.slice()]).toEqual([model.length, model]);
      expect([deque.at(-1), deque.at(0), deque.at(2)]).toEqual([undefined, model[0], model[2]]);
      expect(deque.slice(1, 3)).toEqual(model.slice(1, 3));
    }),
  );
});
