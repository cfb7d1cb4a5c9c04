/** Calls that go to the server which is about to get their slot: ASKING is put in front of them, as one unit. */
import { type Request, type RouterHost, Unit } from '@kv/core';
import { keptOf } from '../protocol/kept-replies.ts';
import { ASKING } from './cluster-commands.ts';

/** Makes one unit of ASKING and these calls. What they answer is not kept: the server would not tell of changes. */
export function askingUnit(host: RouterHost, calls: readonly Request[]): Unit<Request> {
  const asking = host.request(ASKING, false);
  for (const call of calls) call.command = keptOf(call.command)?.plain() ?? call.command; // it could not be watched
  asking.tracker.open(asking, 0, undefined);
  asking.part = (calls[0] as Request).part;
  const unit = new Unit<Request>([asking, ...calls]);
  for (const member of unit.members) member.unit = unit;
  return unit;
}

/** Whether ASKING is in front of a call. */
export function isAsking({ unit }: Request): boolean {
  return unit?.members[0]?.command === ASKING;
}

/** The calls of users among the members of a unit. */
export function withoutAsking(requests: readonly Request[]): readonly Request[] {
  return requests[0]?.command === ASKING ? requests.slice(1) : requests;
}

/**
 * Prepares calls for being sent once more: without ASKING, because the owner of the slot is asked first. What was one
 * unit before stays one.
 */
export function withoutAskingUnits(requests: readonly Request[]): Request[] {
  const kept: Request[] = [];
  for (const request of requests) {
    if (request.command === ASKING) request.succeed(undefined);
    else {
      if (isAsking(request)) unitOf(withoutAsking((request.unit as Unit<Request>).members));
      kept.push(request);
    }
  }
  return kept;
}

/** Makes one unit of several calls; a single call belongs to none. */
export function unitOf(calls: readonly Request[]): void {
  const unit = calls.length > 1 ? new Unit<Request>(calls) : null;
  for (const call of calls) call.unit = unit;
}
