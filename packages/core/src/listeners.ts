import { AsyncResource } from 'node:async_hooks';
import { ArgumentError } from './errors.ts';
import { LazyMap } from './lazy-collections.ts';
import { queueMicrotask } from './timers.ts';

/** What may be listened to: the names of the events, and what their listeners are called with. */
export type EventListeners<Events> = { readonly [E in keyof Events]: (...details: never[]) => void };

/**
 * The listeners of one object, by event. Each is called in a microtask, so that what it throws cannot disturb the
 * library, and in the async context in which it was added. One that was taken off meanwhile is not called.
 */
export class Listeners<Events extends EventListeners<Events>> {
  readonly #names: readonly string[];
  readonly #events = new LazyMap<string, Map<unknown, AsyncResource>>();

  /** @param names of all the events there are */
  constructor(names: readonly (keyof Events & string)[]) {
    this.#names = names;
  }

  /** Adds a listener, once. @throws ArgumentError for an unknown event, or a listener that is not a function */
  on<E extends keyof Events & string>(event: E, listener: Events[E]): void {
    this.#check('on', event, listener);
    const listeners = this.#events.get(event) ?? this.#add(event);
    if (!listeners.has(listener)) listeners.set(listener, new AsyncResource('kv:listener'));
  }

  /** Removes a listener. @throws ArgumentError for an unknown event, or a listener that is not a function */
  off<E extends keyof Events & string>(event: E, listener: Events[E]): void {
    this.#check('off', event, listener);
    this.#events.get(event)?.delete(listener);
  }

  /** How many listeners an event has. */
  count(event: keyof Events & string): number {
    return this.#events.get(event)?.size ?? 0;
  }

  /** Calls the listeners of an event, each in a microtask. */
  emit<E extends keyof Events & string>(event: E, ...details: Parameters<Events[E]>): void {
    const listeners = this.#events.get(event);
    if (listeners === undefined || listeners.size === 0) return;
    for (const [listener, context] of listeners) {
      queueMicrotask(() => {
        if (listeners.get(listener) !== context) return;
        context.runInAsyncScope(listener as (...all: unknown[]) => void, undefined, ...details);
      });
    }
  }

  /** Removes all listeners; none is called any more. */
  clear(): void {
    for (const listeners of this.#events.values()) listeners.clear();
  }

  #add(event: string): Map<unknown, AsyncResource> {
    const listeners = new Map<unknown, AsyncResource>();
    this.#events.set(event, listeners);
    return listeners;
  }

  #check(call: 'on' | 'off', event: string, listener: unknown): void {
    if (!this.#names.includes(event))
      throw new ArgumentError(`${call}: unknown event ${String(event)} (known: ${this.#names.join(', ')})`);
    if (typeof listener !== 'function') throw new ArgumentError(`${call}: the listener of ${event} is not a function`);
  }
}
