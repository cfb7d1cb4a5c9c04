import { CallerStacks } from '../request/caller-stacks.ts';
import { RequestTracker } from '../request/request-tracker.ts';
import { identityOf } from '../tracing/command-trace.ts';
import type { ClientSetup } from './client-setup.ts';

/** What tracks the calls of a client. */
export function callTracker(setup: ClientSetup): RequestTracker {
  const callers = setup.stackTraces === true ? new CallerStacks() : undefined;
  return new RequestTracker(identityOf(setup), setup.maxQueueBytes, false, setup.protocol.requestLimits, callers);
}

/** What tracks the own calls of the library in the client of these calls. A full queue does not refuse them. */
export function internalTracker({ identity, deadlines }: RequestTracker): RequestTracker {
  return new RequestTracker(identity, Number.POSITIVE_INFINITY, true, undefined, undefined, deadlines);
}
