import { describe, expectTypeOf, it } from 'vitest';
import type { Data } from './arguments.ts';
import type { Entries, EntriesOf, EntryArgs } from './entries.ts';

interface User {
  name: string;
  age: number;
}

interface Visitor {
  name: string;
  age?: number;
}

declare function take<E extends EntriesOf<E>>(...entries: EntryArgs<E>): void;
declare function takeNumbers<E extends EntriesOf<E, number>>(...entries: EntryArgs<E, number>): void;
declare const user: User;

describe('names with values', () => {
  it('may be an object of any type: of an interface, an alias, a generic record, or written where it is used', () => {
    take(user);
    take({ name: 'Ada', born: 1815n });
    take({ ['a' as string]: new Uint8Array() });
    const generic = <K extends string, T extends Record<string, string>>(one: Record<K, number>, two: T) => {
      take(one);
      take(two);
    };
    expectTypeOf(generic).toBeFunction();
    takeNumbers({ a: 1 });
  });

  it('may be pairs, a Map, one of several of these, or arguments one by one', () => {
    take(new Map([['a', 1]]));
    take([['a', 1]]);
    take(Object.entries({ a: 1 }));
    take({} as User | Map<string, string>);
    take({} as Entries);
    take(...({} as EntryArgs));
    take('a', 1, new Uint8Array(), 'b');
    takeNumbers('a', 1, 'b', 2);
  });

  it('have a value of the right kind for every name', () => {
    // @ts-expect-error an object may lack it, and what is undefined has no value
    take({} as Visitor);
    // @ts-expect-error
    take({ name: undefined });
    // @ts-expect-error a date is no data
    take({} as { name: string; born: Date });
    // @ts-expect-error a method is no data
    take({} as { name: string; greet(): void });
    // @ts-expect-error of one of the two
    take({} as User | { born: Date });
    // @ts-expect-error
    take(new Map([['a', new Date()]]));
    // @ts-expect-error
    take([['a', new Date()]]);
    // @ts-expect-error text where numbers are wanted
    takeNumbers(user);
    // @ts-expect-error
    takeNumbers('a', true);
  });

  it('are nothing else', () => {
    // @ts-expect-error
    take();
    // @ts-expect-error a name without value
    take('a');
    // @ts-expect-error
    take(1);
    // @ts-expect-error
    take(null);
    // @ts-expect-error
    take(undefined);
    // @ts-expect-error
    take(new Uint8Array());
    // @ts-expect-error a list of names
    take(['a', 'b']);
    // @ts-expect-error
    take(new Date());
    // @ts-expect-error a function that was not called
    take(() => user);
    expectTypeOf<Data>().not.toBeAny();
  });
});
