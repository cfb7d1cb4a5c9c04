/** Types of arguments that are names with values. An interface is one of them, although it has no index signature. */
import type { Data } from './arguments.ts';

/** Names with values: an object, a `Map`, or any iterable of pairs (for names that are bytes). */
export type Entries<V = Data, N extends Data = Data> = Readonly<Record<string, V>> | Iterable<readonly [N, V]>;

/**
 * An object whose fields all have values of one kind, as a constraint on its own type `E`: an interface fits, and what
 * may lack a field does not. A function would fit without `apply`.
 */
export type FieldsOf<E, V = Data> = object & { readonly [K in keyof E as K]-?: V } & { readonly apply?: V };

/** {@link Entries} that may also be an interface: `<E extends EntriesOf<E>>(entries: E)`. */
export type EntriesOf<E, V = Data, N extends Data = Data> = Entries<V, N> | FieldsOf<E, V>;

/** Names with values as arguments: one of {@link Entries}, or `name, value, name, value, …`. */
export type EntryArgs<E = Entries, V = Data> = [name: Data, value: V, ...more: (Data | V)[]] | [entries: E];
