import type { Request } from './request.ts';

/** Kept beside the requests: a field would take memory in each of them, and few calls are of this kind. */
const marked = new WeakSet<Request>();

/** Its caller says that it is bulk, whatever its size: a read whose reply is large. */
export function markBulk(request: Request): void {
  marked.add(request);
}

/** Whether {@link markBulk} was called. */
export function isMarkedBulk(request: Request): boolean {
  return marked.has(request);
}
