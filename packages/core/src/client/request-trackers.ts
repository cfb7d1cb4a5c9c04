import { CallerStacks } from '../request/caller-stacks.ts';
import { RequestTracker } from '../request/request-tracker.ts';
import { identityOf } from '../tracing/command-trace.ts';
import type { ClientSetup } from './client-setup.ts';

/** What tracks the calls of a client. */
export function callTracker(setup: ClientSetup): RequestTracker {
  const callers = setup.stackTraces === true ? new CallerStacks() : undefined;
  return new RequestTracker(identityOf(setup), setup.maxQueueBytes, false, setup.protocol.requestLimits, callers);
}

/** What tracks the library's own calls, which a full queue does not refuse. */
export function internalTracker(setup: ClientSetup): RequestTracker {
  return new RequestTracker(identityOf(setup), Number.POSITIVE_INFINITY, true);
}
