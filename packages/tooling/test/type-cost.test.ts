import { expect, it } from 'vitest';
import { instantiations } from '../src/type-cost.ts';

// What the compiler pays for a small user program. When a test here fails, first look for a type that expands per
// command; if the growth is wanted, set the budget to about 1.3 times the new number and say why in the commit.
const budgets = { commands: 40_000 };

it('commands as values', () => {
  const program = `
    import { get, incr, mget, set } from '@kv/redis/commands';
    export const commands = [get('a'), set('a', 1, { ex: 60 }), incr('n'), mget(['a', 'b'])] as const;
  `;
  expect(instantiations(program)).toBeLessThan(budgets.commands);
});

it('a program that does not compile has no cost, but an error', () => {
  expect(() => instantiations('export const a: string = 1;')).toThrow("Type 'number' is not assignable");
});
