import { expect, it } from 'vitest';
import { instantiations } from '../src/type-cost.ts';

// What the compiler pays for a small user program. When a test here fails, first look for a type that expands per
// command; if the growth is wanted, set the budget to about 1.3 times the new number and say why in the commit.
const budgets = { commands: 27_000, client: 70_000 };

it('commands as values', () => {
  const program = `
    import { get, incr, mget, set } from '@kv/redis/commands';
    export const commands = [get('a'), set('a', 1, { ex: 60 }), incr('n'), mget(['a', 'b'])] as const;
  `;
  expect(instantiations(program)).toBeLessThan(budgets.commands);
});

it('a typed client', () => {
  const program = `
    import { createRedis } from '@kv/redis';
    import { get, set } from '@kv/redis/commands';
    await using redis = createRedis();
    export const value: string | null = await redis.get('a');
    export const bytes: (Uint8Array | null)[] = await redis.with({ bytes: true }).mget(['a', 'b']);
    export const [ok, one]: ['OK', string | null] = await redis.sendAll([set('a', 1), get('a')]);
  `;
  expect(instantiations(program)).toBeLessThan(budgets.client);
});

it('a program that does not compile has no cost, but an error', () => {
  expect(() => instantiations('export const a: string = 1;')).toThrow("Type 'number' is not assignable");
});
