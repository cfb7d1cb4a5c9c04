import type { AnyCommand } from '../command/command.ts';
import { Request, type Tracker } from './request.ts';

/** A request that belongs to one connection: it is never repeated, and never moved to another. */
export function pinnedRequest(command: AnyCommand, bytes: boolean, tracker: Tracker): Request {
  const request = new Request(command, bytes, 'never', tracker);
  request.pin();
  return request;
}
