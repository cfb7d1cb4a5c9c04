import { createHook } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { type Backend, backends } from './backends.ts';

/** What calls that are made at once cost a client. */
export interface CallCounts {
  /** Bytes of V8's heap per call: the call, its encoding, the reply, and the promise. */
  readonly heapBytes: number;
  /** Promises per call. */
  readonly promises: number;
  /** Writes to the transport, for all calls together. */
  readonly writes: number;
  /** Timers that were made, for all calls together. */
  readonly timers: number;
  /** Callbacks for the next turn of the event loop (`nextTick`, `setImmediate`), for all calls together. */
  readonly ticks: number;
  /** Listeners that were added, for all calls together. */
  readonly listeners: number;
}

/** Calls of one turn of the event loop. */
export const CALLS = 1000;

/** Rounds until every function has its final bytecode and every buffer its size, and rounds that are measured. */
const WARM_UP = 6;
const ROUNDS = 5;

/** Counts by the name of the backend. The heap must have room for all rounds: a collection would count as negative. */
export async function countAllCalls(): Promise<Record<string, CallCounts>> {
  const counts: Record<string, CallCounts> = {};
  for (const open of backends) {
    const backend = await open();
    counts[backend.name] = await countCalls(backend);
    await backend.close();
  }
  return counts;
}

async function countCalls(backend: Backend): Promise<CallCounts> {
  for (let round = 0; round < WARM_UP; round++) await callAtOnce(backend);
  const heapBytes = await heapBytesPerCall(backend);
  return { heapBytes, ...(await countAsync(backend)) };
}

/** Makes the calls in one turn and awaits them. */
async function callAtOnce({ get }: Backend): Promise<void> {
  for (let i = 1; i < CALLS; i++) void get();
  await get();
}

async function heapBytesPerCall(backend: Backend): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = getHeapStatistics().used_heap_size;
    await callAtOnce(backend);
    rounds.push((getHeapStatistics().used_heap_size - before) / CALLS);
  }
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] as number;
}

async function countAsync(backend: Backend): Promise<Omit<CallCounts, 'heapBytes'>> {
  const made = new Map<string, number>();
  const hook = createHook({ init: (_id, type) => void made.set(type, of(made, type) + 1) });
  const listeners = countListeners();
  const written = backend.peer.writes;
  hook.enable();
  await callAtOnce(backend);
  hook.disable();
  return {
    promises: of(made, 'PROMISE') / CALLS,
    writes: backend.peer.writes - written,
    timers: of(made, 'Timeout'),
    ticks: of(made, 'TickObject') + of(made, 'Immediate'),
    listeners: listeners.stop(),
  };
}

function of(made: ReadonlyMap<string, number>, type: string): number {
  return made.get(type) ?? 0;
}

/** Counts what is added to emitters and event targets until `stop`. */
function countListeners(): { stop(): number } {
  let added = 0;
  const { on } = EventEmitter.prototype;
  const { addEventListener } = EventTarget.prototype;
  EventEmitter.prototype.on = EventEmitter.prototype.addListener = function (...args) {
    added++;
    return on.apply(this, args);
  };
  EventTarget.prototype.addEventListener = function (...args) {
    added++;
    return addEventListener.apply(this, args);
  };
  const stop = (): number => {
    EventEmitter.prototype.on = EventEmitter.prototype.addListener = on;
    EventTarget.prototype.addEventListener = addEventListener;
    return added;
  };
  return { stop };
}
