import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from './ring.ts';

it('does what an array does', () => {
  const step = fc.constantFrom('push', 'push', 'unshift', 'shift', 'peek', 'drain');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = new Ring<number>();
      const array: number[] = [];
      const act: Record<string, (i: number) => readonly [unknown, unknown]> = {
        push: (i) => [ring.push(i), void array.push(i)],
        unshift: (i) => [ring.unshift(i), void array.unshift(i)],
        shift: () => [ring.shift(), array.shift()],
        peek: () => [ring.peek(), array[0]],
        drain: () => [ring.drain(), array.splice(0)],
      };
      for (const [i, name] of steps.entries()) {
        const [got, wanted] = act[name]?.(i) ?? [];
        expect(got).toEqual(wanted);
        expect(ring.length).toBe(array.length);
      }
      const seen: number[] = [];
      ring.forEach((item) => {
        seen.push(item);
      });
      expect(seen).toEqual(array);
    }),
  );
});

it('is used again after it was full and empty', () => {
  const ring = new Ring<number>();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 10_000; i++) ring.push(i);
    for (let i = 0; i < 10_000; i++) expect(ring.shift()).toBe(i);
    expect(ring.shift()).toBeUndefined();
  }
});
