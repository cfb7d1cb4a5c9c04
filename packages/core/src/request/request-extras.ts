import type { Signal } from '../abort-signal.ts';
import type { KvError } from '../errors.ts';
import type { RequestTrace } from '../tracing/command-trace.ts';
import type { Unit } from './unit.ts';

/** The pools whose connections are used by one task at a time. */
export type ExclusivePool = 'sessions' | 'blocking' | 'streams';

/** All requests that wait for one signal: one listener, however many they are. */
export interface AbortGroup<Request> {
  readonly signal: Signal;
  readonly requests: Set<Request>;
  readonly listener: () => void;
}

/** Is told that a request has ended. @param succeeded whether it has a value; else it may still be answered */
export type RequestEnded = (succeeded: boolean) => void;

/**
 * What few requests have. It is made when the first of it is set, and the members of a unit begin with one for all: a
 * pending call without takes a fifth less memory.
 */
export class RequestExtras<Request> {
  /** Whether several requests have it; then it must not be changed. */
  isShared = false;
  exclusive: ExclusivePool | null = null;
  unit: Unit<Request> | null = null;
  redirects = 0;
  route: string | undefined = undefined;
  cause: Error | undefined = undefined;
  cancel: ((error: KvError) => void) | null = null;
  cancelled: KvError | undefined = undefined;
  trace: RequestTrace | null = null;
  ended: RequestEnded | null = null;
  abortGroup: AbortGroup<Request> | null = null;
}
